using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>The outbox's contract at its simplest: what the dispatcher is tested against.</summary>
internal sealed class InMemoryOutbox(TimeProvider time) : IOutboxStore
{
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly List<FailedEvent> _failed = [];
    private readonly List<ChunkSettlement> _settlements = [];
    private readonly Dictionary<string, LedgerLine> _ledger = [];
    private readonly Dictionary<string, DateTimeOffset> _paused = [];
    private readonly Dictionary<HaltScope, Halt> _halts = [];
    private long _ids;
    private long _tokens;

    public OutboxHealth Health => new(true, null);

    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many of the next settlements and leases throw.</summary>
    public int BrokenSettlements { get; set; }

    public int BrokenLeases { get; set; }

    /// <summary>Whether halts cannot be stored or read.</summary>
    public bool BrokenHalts { get; set; }

    /// <summary>How many times a lease was renewed.</summary>
    public int Renewals { get; private set; }

    /// <summary>What happens elsewhere while chunks are leased.</summary>
    public Action Leasing { get; set; } = () => { };

    public IReadOnlyList<Chunk> Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Select(row => row.Chunk)];
            }
        }
    }

    public IReadOnlyList<FailedEvent> Failed
    {
        get
        {
            lock (_gate)
            {
                return [.. _failed];
            }
        }
    }

    public IReadOnlyList<ChunkSettlement> Settlements
    {
        get
        {
            lock (_gate)
            {
                return [.. _settlements];
            }
        }
    }

    public Chunk Add(
        Destination destination,
        IReadOnlyList<ReadOnlyMemory<byte>> events,
        DateTimeOffset? expiresAt = null,
        int attempts = 0
    ) =>
        Add(
            destination,
            [.. events.Select(payload => new StoredEvent(payload, expiresAt ?? time.GetUtcNow().AddDays(7)))],
            attempts
        );

    public Chunk Add(Destination destination, IReadOnlyList<StoredEvent> events, int attempts = 0)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var chunk = new Chunk(++_ids, default, destination, events, attempts, now);
            _rows.Add(new Row(chunk, now, LeasedAt: null));
            Book(destination.Connection, line =>
                line with
                {
                    Accepted = line.Accepted + events.Count,
                    Waiting = line.Waiting + events.Count,
                }
            );
            return chunk;
        }
    }

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            Add(
                new Destination(entry.Connection, entry.Api, entry.Delivery.DatasetId, entry.Delivery.UploadTag),
                [entry.Delivery.Payload],
                entry.Delivery.ExpiresAt
            );
        }

        return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, [.. entries.Select(_ => true)], default));
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

            var leased = new List<Chunk>();
            var (events, bytes) = (0, 0L);
            for (var i = 0; i < _rows.Count; i++)
            {
                var (chunk, due, _) = _rows[i];
                if (
                    IsLeased(_rows[i])
                    || due > time.GetUtcNow()
                    || chunk.Destination.Connection != request.Connection
                    || chunk.CreatedAt < request.StoredSince
                )
                {
                    continue;
                }

                if (leased.Count > 0 && chunk.Destination != leased[0].Destination)
                {
                    continue;
                }

                events += chunk.Events.Count;
                bytes += chunk.Events.Sum(e => e.Payload.Length);
                if (leased.Count > 0 && (events > request.MaxEvents || bytes > request.MaxBytes))
                {
                    break;
                }

                chunk = chunk with { Lease = new Lease(++_tokens, time.GetUtcNow() + LeaseDuration) };
                _rows[i] = new Row(chunk, due, time.GetTimestamp());
                leased.Add(chunk);
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
        lock (_gate)
        {
            if (BrokenSettlements-- > 0)
            {
                throw new IOException("The disk is full.");
            }

            return ValueTask.FromResult<IReadOnlyList<SettlementStatus>>([.. settlements.Select(Settle)]);
        }
    }

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Knows one selection: everything.</summary>
    public ValueTask<long> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            foreach (var failed in _failed)
            {
                Book(failed.Destination.Connection, line => line with { Failed = line.Failed - 1 });
                if (resolution == Resolution.Replay)
                {
                    Book(failed.Destination.Connection, line => line with { Accepted = line.Accepted - 1 });
                    Add(failed.Destination, [failed.Payload]);
                }
            }

            var resolved = _failed.Count;
            _failed.Clear();
            return ValueTask.FromResult<long>(resolved);
        }
    }

    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<LedgerLine>>([.. _ledger.Values]);
        }
    }

    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<LastDelivery>>([]);

    public ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            for (var i = 0; i < _rows.Count; i++)
            {
                if (
                    _rows[i].Chunk.Destination is var to
                    && to.Connection == connection
                    && to.DatasetId == dataset
                    && _rows[i].Due > time.GetUtcNow()
                )
                {
                    _rows[i] = _rows[i] with { Due = time.GetUtcNow() };
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!paused)
            {
                _paused.Remove(connection);
            }
            else
            {
                _paused.TryAdd(connection, time.GetUtcNow());
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<PausedConnection>>([
                .. _paused.Select(paused => new PausedConnection(paused.Key, paused.Value)),
            ]);
        }
    }

    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            var now = time.GetUtcNow();
            var isNew = !_halts.TryGetValue(scope, out var before);
            var halt = _halts[scope] = new Halt(scope, reason, before?.Since ?? now, now + probeIn);
            return ValueTask.FromResult(new HaltChange(halt, isNew));
        }
    }

    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            var mayProbe = _halts.TryGetValue(scope, out var halt) && halt.ProbeAt <= time.GetUtcNow();
            if (mayProbe)
            {
                _halts[scope] = halt! with { ProbeAt = time.GetUtcNow() + patience };
            }

            return ValueTask.FromResult(mayProbe);
        }
    }

    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (
                var halt in _halts
                    .Values.Where(halt => halt.Scope.Connection == connection && halt.ProbeAt > now)
                    .ToArray()
            )
            {
                _halts[halt.Scope] = halt with { ProbeAt = now };
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            return ValueTask.FromResult(_halts.Remove(scope));
        }
    }

    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            return ValueTask.FromResult<IReadOnlyList<Halt>>([
                .. _halts
                    .Values.OrderBy(halt => halt.Scope.Connection, StringComparer.Ordinal)
                    .ThenBy(halt => halt.Scope.DatasetId, StringComparer.Ordinal),
            ]);
        }
    }

    public ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Leases every chunk to someone else, as another process would after the leases ended.</summary>
    public void LeaseToAnother()
    {
        lock (_gate)
        {
            for (var i = 0; i < _rows.Count; i++)
            {
                var lease = new Lease(++_tokens, time.GetUtcNow() + LeaseDuration);
                _rows[i] = _rows[i] with
                {
                    Chunk = _rows[i].Chunk with { Lease = lease },
                    LeasedAt = time.GetTimestamp(),
                };
            }
        }
    }

    private void ThrowIfHaltsAreBroken()
    {
        if (BrokenHalts)
        {
            throw new IOException("The disk is gone.");
        }
    }

    private Lease? Renew(Chunk chunk)
    {
        var at = Find(chunk);
        if (at < 0)
        {
            return null;
        }

        var lease = chunk.Lease with { End = time.GetUtcNow() + LeaseDuration };
        _rows[at] = _rows[at] with { Chunk = _rows[at].Chunk with { Lease = lease }, LeasedAt = time.GetTimestamp() };
        return lease;
    }

    private int Find(Chunk chunk) =>
        _rows.FindIndex(row =>
            row.Chunk.Id == chunk.Id && row.LeasedAt is not null && row.Chunk.Lease.Token == chunk.Lease.Token
        );

    private bool IsLeased(Row row) => row.LeasedAt is { } at && time.GetElapsedTime(at) < LeaseDuration;

    private SettlementStatus Settle(ChunkSettlement settlement)
    {
        var (chunk, keep, due, buried, counts) = settlement;
        var at = Find(chunk);
        if (at < 0)
        {
            return SettlementStatus.LeaseLost;
        }

        _settlements.Add(settlement);
        foreach (var burial in buried)
        {
            _failed.Add(
                new FailedEvent(
                    ++_ids,
                    chunk.Destination,
                    time.GetUtcNow(),
                    chunk.Attempts + (counts ? 1 : 0),
                    burial,
                    chunk.Events[burial.Index].Payload
                )
            );
        }

        var delivered = chunk.Events.Count - keep.Count - buried.Count;
        Book(chunk.Destination.Connection, line =>
            line with
            {
                Delivered = line.Delivered + delivered,
                Failed = line.Failed + buried.Count,
                Waiting = line.Waiting - delivered - buried.Count,
            }
        );
        if (keep.Count == 0)
        {
            _rows.RemoveAt(at);
        }
        else
        {
            _rows[at] = new Row(
                chunk with
                {
                    Events = [.. keep.Select(i => chunk.Events[i])],
                    Attempts = chunk.Attempts + (counts ? 1 : 0),
                },
                due,
                LeasedAt: null
            );
        }

        return SettlementStatus.Settled;
    }

    private void Book(string connection, Func<LedgerLine, LedgerLine> change) =>
        _ledger[connection] = change(
            _ledger.GetValueOrDefault(connection) ?? new LedgerLine(connection, 0, 0, 0, 0, 0, 0)
        );

    private sealed record Row(Chunk Chunk, DateTimeOffset Due, long? LeasedAt);
}
