using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The outbox's whole contract at its simplest, in memory. Delivery is tested against it.</summary>
internal sealed partial class InMemoryOutbox(TimeProvider machine, TimeSpan? longestWait = null) : IOutboxStore
{
    private const int MaxChunkBytes = 1_000_000;

    private readonly TimeSpan _longestWait = longestWait ?? new DeliveryOptions().LongestWait;
    private SteadyTime _time = SteadyTime.Over(machine);

    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly InMemoryStates _states = new(SteadyTime.Over(machine));
    private long _ids;
    private long _tokens;
    private bool _isClosed;

    public OutboxHealth Health => _isClosed ? new(false, "The outbox is closed.") : new(true, null);

    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromHours(1);

    private DateTimeOffset Now => _time.GetUtcNow();

    public ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    ) => Locked(() => Append(entries, arrivals));

    private AppendResult Append(IReadOnlyList<OutboxEntry> entries, Arrivals? arrivals)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return new AppendResult(AppendStatus.Unavailable, [], TimeSpan.FromSeconds(1));
            }

            bool[] erased = [.. entries.Select(entry => IsSuppressed(entry.Delivery.Payload))];
            StoredEvent?[] accepted = [.. entries.Select((entry, i) => erased[i] ? null : TryTakeKey(entry))];
            bool[] stored = [.. accepted.Select(one => one is not null)];
            foreach (
                var destination in entries.Zip(accepted).Where(one => one.Second is not null).ToLookup(DestinationOf)
            )
            {
                Store(
                    destination.Key,
                    [.. destination.Select(one => one.Second!.Value)],
                    destination.First().First.ChunkEvents
                );
                Book(destination.Key.Connection, line => line with { Accepted = line.Accepted + destination.Count() });
            }

            if (arrivals is not null)
            {
                Note(arrivals, accepted, _suppressed.Count > 0 ? erased : []);
            }

            return new AppendResult(AppendStatus.Stored, stored, default)
            {
                Erased = _suppressed.Count > 0 ? erased : [],
            };
        }
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        Leasing();
        lock (_gate)
        {
            if (BrokenLeases-- > 0)
            {
                throw new IOException("The disk is gone.");
            }

            var due = _rows
                .Where(row =>
                    !IsLeased(row)
                    && row.Due <= Now
                    && row.Chunk.Destination.Connection == request.Connection
                    && (request.StoredSince is not { } since || row.Chunk.CreatedAt >= since)
                )
                .OrderBy(row => row.Due)
                .ThenBy(row => row.Chunk.Id)
                .ToArray();
            var leased = new List<Chunk>();
            var (events, bytes) = (0, 0L);
            foreach (var row in due.Where(row => row.Chunk.Destination == due[0].Chunk.Destination))
            {
                events += row.Chunk.Events.Count;
                bytes += row.Chunk.Events.Sum(stored => stored.Payload.Length);
                if (leased.Count > 0 && (events > request.MaxEvents || bytes > request.MaxBytes))
                {
                    break;
                }

                leased.Add(Lease(row));
            }

            return ValueTask.FromResult<IReadOnlyList<Chunk>>(leased);
        }
    }

    public ValueTask<IReadOnlyList<Lease?>> RenewAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Renewals += chunks.Count;
            return ValueTask.FromResult<IReadOnlyList<Lease?>>([.. chunks.Select(Renew)]);
        }
    }

    public ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    )
    {
        foreach (var settlement in settlements)
        {
            ChunkSettlement.RequireEachEventOnce(settlement);
        }

        lock (_gate)
        {
            if (BrokenSettlements-- > 0)
            {
                throw new IOException("The disk is full.");
            }

            return ValueTask.FromResult<IReadOnlyList<SettlementStatus>>([.. settlements.Select(Settle)]);
        }
    }

    public ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (
                var row in _rows.Where(row =>
                    row.Chunk.Destination.Connection == connection && row.Chunk.Destination.DatasetId == dataset
                )
            )
            {
                row.Due = row.Due > Now ? Now : row.Due;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Opens the closed outbox again, as after a restart: every lease has ended, and the clock is the machine's.
    /// </summary>
    public InMemoryOutbox Reopen(TimeProvider? restarted = null)
    {
        lock (_gate)
        {
            _time = SteadyTime.Over(restarted ?? machine);
            _states.Restart(_time, _longestWait);
            _rows.ForEach(PullBack);
            _rows.ForEach(row => row.LeasedAt = null);
            _imports.Interrupt();
            Remove(IsSuppressed);
            _isClosed = false;
            return this;
        }
    }

    private static Destination DestinationOf((OutboxEntry Entry, StoredEvent?) one) =>
        new(one.Entry.Connection, one.Entry.Api, one.Entry.Delivery.DatasetId, one.Entry.Delivery.UploadTag);

    private void PullBack(Row row)
    {
        row.Due = row.Due > Now + _longestWait ? Now : row.Due;
        row.Chunk = row.Chunk with { CreatedAt = row.Chunk.CreatedAt > Now ? Now : row.Chunk.CreatedAt };
    }

    private void Store(Destination destination, IReadOnlyList<StoredEvent> events, int chunkEvents)
    {
        var chunk = new List<StoredEvent>();
        foreach (var stored in events)
        {
            var bytes = chunk.Sum(one => one.Payload.Length) + stored.Payload.Length;
            if (chunk.Count > 0 && (chunk.Count >= chunkEvents || bytes > MaxChunkBytes))
            {
                _rows.Add(new Row(new Chunk(++_ids, default, destination, chunk, 0, Now), Now));
                chunk = [];
            }

            chunk.Add(stored);
        }

        _rows.Add(new Row(new Chunk(++_ids, default, destination, chunk, 0, Now), Now));
        Book(destination.Connection, line => line with { Waiting = line.Waiting + events.Count });
    }

    private Chunk Lease(Row row)
    {
        row.Chunk = row.Chunk with { Lease = new Lease(++_tokens, Now + LeaseDuration) };
        row.LeasedAt = _time.GetTimestamp();
        return row.Chunk;
    }

    private Lease? Renew(Chunk chunk)
    {
        if (Find(chunk) is not { } row)
        {
            return null;
        }

        row.Chunk = row.Chunk with { Lease = chunk.Lease with { End = Now + LeaseDuration } };
        row.LeasedAt = _time.GetTimestamp();
        return row.Chunk.Lease;
    }

    private Row? Find(Chunk chunk) =>
        _rows.Find(row =>
            row.Chunk.Id == chunk.Id && row.LeasedAt is not null && row.Chunk.Lease.Token == chunk.Lease.Token
        );

    private bool IsLeased(Row row) => row.LeasedAt is { } at && _time.GetElapsedTime(at) < LeaseDuration;

    private sealed class Row(Chunk chunk, DateTimeOffset due)
    {
        public Chunk Chunk { get; set; } = chunk;

        public DateTimeOffset Due { get; set; } = due;

        public long? LeasedAt { get; set; }
    }
}
