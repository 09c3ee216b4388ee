using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What tests see of the outbox and change in it.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly List<ChunkSettlement> _settlements = [];

    /// <summary>Whether it passes for a store that several processes use.</summary>
    public bool IsShared { get; set; }

    /// <summary>How many of the next settlements throw.</summary>
    public int BrokenSettlements { get; set; }

    /// <summary>How many of the next leases throw.</summary>
    public int BrokenLeases { get; set; }

    /// <summary>Whether halts cannot be stored or read.</summary>
    public bool BrokenHalts
    {
        get => _states.BrokenHalts;
        set => _states.BrokenHalts = value;
    }

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
                return [.. _failed.Select(row => row.Event)];
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
            [.. events.Select(payload => new StoredEvent(payload, expiresAt ?? Now.AddDays(7)))],
            attempts
        );

    public Chunk Add(Destination destination, IReadOnlyList<StoredEvent> events, int attempts = 0)
    {
        lock (_gate)
        {
            var chunk = new Chunk(++_ids, default, destination, events, attempts, Now);
            _rows.Add(new Row(chunk, Now));
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

    /// <summary>Leases every chunk to another caller, as another process would after the leases ended.</summary>
    public void LeaseToAnother()
    {
        lock (_gate)
        {
            _rows.ForEach(row => Lease(row));
        }
    }

    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        _states.SetPausedAsync(connection, paused, cancellationToken);

    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        _states.PausedAsync(cancellationToken);

    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) => _states.HaltAsync(scope, reason, probeIn, cancellationToken);

    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken) =>
        _states.TryProbeAsync(scope, patience, cancellationToken);

    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        _states.ProbeNowAsync(connection, cancellationToken);

    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        _states.EndHaltAsync(scope, cancellationToken);

    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        _states.HaltsAsync(cancellationToken);

    private void Discard(Destination destination, int events, Func<LedgerLine, LedgerLine> change) =>
        Book(destination.Connection, line => change(line) with { Discarded = line.Discarded + events });

    private static bool IsNamed(ChunkSettlement settlement, int index) =>
        settlement.Keep.Contains(index) || settlement.Buried.Any(burial => burial.Index == index);
}
