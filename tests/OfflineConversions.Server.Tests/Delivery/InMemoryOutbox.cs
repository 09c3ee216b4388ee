using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>The outbox's contract at its simplest: what the dispatcher is tested against.</summary>
public sealed class InMemoryOutbox(TimeProvider time) : IOutbox
{
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly List<FailedEvent> _failed = [];
    private readonly List<ChunkSettlement> _settlements = [];
    private long _ids;

    public OutboxHealth Health => new(true, null);

    /// <summary>How many of the next settlements and leases throw.</summary>
    public int BrokenSettlements { get; set; }

    public int BrokenLeases { get; set; }

    public IReadOnlyList<Chunk> Waiting
    {
        get
        {
            lock (_gate)
                return [.. _rows.Select(row => row.Chunk)];
        }
    }

    public IReadOnlyList<FailedEvent> Failed
    {
        get
        {
            lock (_gate)
                return [.. _failed];
        }
    }

    public IReadOnlyList<ChunkSettlement> Settlements
    {
        get
        {
            lock (_gate)
                return [.. _settlements];
        }
    }

    public Chunk Add(Destination destination, IReadOnlyList<ReadOnlyMemory<byte>> events, DateTimeOffset? expiresAt = null, int attempts = 0)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var chunk = new Chunk(++_ids, destination, events, attempts, now, expiresAt ?? now.AddDays(7));
            _rows.Add(new Row(chunk, now, Leased: false));
            return chunk;
        }
    }

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
            Add(new Destination(entry.Connection, entry.Api, entry.Delivery.DatasetId, entry.Delivery.UploadTag), [entry.Delivery.Payload], entry.Delivery.ExpiresAt);
        return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, [.. entries.Select(_ => true)], default));
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (BrokenLeases-- > 0)
                throw new IOException("The disk is gone.");
            var leased = new List<Chunk>();
            var (events, bytes) = (0, 0L);
            for (var i = 0; i < _rows.Count; i++)
            {
                var (chunk, due, isLeased) = _rows[i];
                if (isLeased || due > time.GetUtcNow() || chunk.Destination.Connection != request.Connection)
                    continue;
                if (leased.Count > 0 && chunk.Destination != leased[0].Destination)
                    continue;
                events += chunk.Events.Count;
                bytes += chunk.Events.Sum(e => e.Length);
                if (leased.Count > 0 && (events > request.MaxEvents || bytes > request.MaxBytes))
                    break;
                _rows[i] = _rows[i] with { Leased = true };
                leased.Add(chunk);
            }

            return ValueTask.FromResult<IReadOnlyList<Chunk>>(leased);
        }
    }

    public ValueTask SettleAsync(IReadOnlyList<ChunkSettlement> settlements, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (BrokenSettlements-- > 0)
                throw new IOException("The disk is full.");
            foreach (var settlement in settlements)
                Settle(settlement);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Settle(ChunkSettlement settlement)
    {
        var (chunk, keep, due, buried, counts) = settlement;
        var at = _rows.FindIndex(row => row.Chunk.Id == chunk.Id && row.Leased);
        if (at < 0)
            throw new InvalidOperationException("This chunk is not leased.");
        _settlements.Add(settlement);
        foreach (var burial in buried)
            _failed.Add(new FailedEvent(++_ids, chunk.Destination, time.GetUtcNow(), chunk.Attempts, burial, chunk.Events[burial.Index]));
        if (keep.Count == 0)
            _rows.RemoveAt(at);
        else
            _rows[at] = new Row(chunk with { Events = [.. keep.Select(i => chunk.Events[i])], Attempts = chunk.Attempts + (counts ? 1 : 0) }, due, Leased: false);
    }

    private sealed record Row(Chunk Chunk, DateTimeOffset Due, bool Leased);
}
