using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Recovery;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The outbox in one SQLite file. What it promises, each promise held by a test of the same words:
/// <list type="number">
/// <item>Success is answered only after the commit that holds the event is on disk (WAL,
/// <c>synchronous=FULL</c>).</item>
/// <item>An event leaves only when Meta took it, or it moves to the failed list with a reason.</item>
/// <item>A crash re-sends at most the chunks in flight, byte for byte, with the same event ids.</item>
/// <item>A full or failing disk refuses events, keeps serving deliveries, and the outbox recovers by itself.</item>
/// <item>No clear personal data stands in the file, its WAL or temporary files: payloads come in hashed, and event
/// names and ids, which a shop may make of anything, are kept as digests only.</item>
/// </list>
/// <para>
/// Writing. Every call becomes an operation in <see cref="WriteQueue"/>; the one thread of <see cref="GroupCommit"/>
/// takes all that waits, runs it as one <see cref="WriteTransaction"/> and answers after the commit. What one commit
/// holds for one destination is one chunk row: an event costs a memory copy and a deduplication key.
/// </para>
/// <para>
/// Reading. <see cref="ChunkReader"/> leases from a snapshot on its own connection and never waits for the writer.
/// <see cref="Leases"/> are in memory; the lock file of <see cref="DatabaseFile"/> keeps a second process out.
/// </para>
/// <para>
/// Trouble. A full disk is met with <see cref="DiskReserve"/>: it is given up, settlements live on it and make room,
/// and once a second <see cref="Upkeep"/> shrinks the file and looks whether the reserve can be held again. A damaged
/// file is met at the start by <see cref="FileRecovery"/>: set aside, and what can be read goes on.
/// </para>
/// <para>
/// Privacy. With <c>Outbox:Encrypt</c> payloads are closed by <see cref="PayloadSeal"/> on their way in, a chunk at a
/// time, and opened when they are leased. <see cref="Erasure"/> removes persons and <see cref="Suppressions"/> keeps
/// them out.
/// </para>
/// </summary>
internal sealed class SqliteOutbox : IOutboxStore
{
    /// <summary>
    /// Far longer than delivery takes to renew: within one process only a defect loses a lease, and a restart frees
    /// them all.
    /// </summary>
    private static readonly TimeSpan DefaultLeaseDuration = TimeSpan.FromHours(1);

    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryWhenCrowded = TimeSpan.FromSeconds(1);

    /// <summary>A long replay lets others write in between.</summary>
    private const int ResolvedAtOnce = 500;

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Leases _leases;
    private readonly DatabaseFile _file;
    private readonly WriteQueue _queue;
    private readonly GroupCommit _writer;
    private readonly ChunkReader _chunks;
    private readonly OperatorReader _operator;
    private readonly ErasureReader _erasures;
    private readonly Erasure _erasure;
    private readonly TimeProvider _time;
    private readonly ITimer _upkeep;
    private int _disposed;

    /// <summary>Opens the file, making it and its folder where they are missing.</summary>
    /// <exception cref="SettingUnusableException">
    /// Another process holds the file, a newer version of the program wrote it, or it cannot be opened.
    /// </exception>
    public SqliteOutbox(
        OutboxOptions options,
        TimeProvider time,
        ILogger<SqliteOutbox> logger,
        TimeSpan? leaseDuration = null
    )
    {
        _leases = new Leases(time, leaseDuration ?? DefaultLeaseDuration);
        _path = options.Path;
        _logger = logger;
        _time = time;
        var seal = new PayloadSeal(options);
        _file = new DatabaseFile(options.Path, seal, time, logger);
        _queue = new WriteQueue(options.MaxPendingCommitBytes);
        try
        {
            _writer = OpenWriter(options, seal, time);
        }
        catch (SqliteException damage) when (DiskTrouble.IsDamage(damage))
        {
            // A large file is not read through at the start, but its keys are, and no check finds all: damage met here
            // is mended now, not at the next start.
            _file.NoteDamage();
            _file.Dispose();
            _file = new DatabaseFile(options.Path, seal, time, logger, damage.Message);
            _writer = OpenWriter(options, seal, time);
        }

        _chunks = new ChunkReader(_file.OpenReader(), _leases, seal, time, logger, _file.NoteDamage);
        _operator = new OperatorReader(_file.OpenReader(), seal);
        _erasures = new ErasureReader(_file.OpenReader(), seal);
        _erasure = new Erasure(_chunks, _erasures, _leases, _writer, _queue, _file, time, logger);
        _erasure.Resume();
        _upkeep = time.CreateTimer(
            static queue => ((WriteQueue)queue!).AskForUpkeep(),
            _queue,
            UpkeepInterval,
            UpkeepInterval
        );
        Log.Opened(_logger, _path);
    }

    private GroupCommit OpenWriter(OutboxOptions options, PayloadSeal seal, TimeProvider time)
    {
        var connection = _file.OpenWriter();
        try
        {
            return new GroupCommit(_queue, connection, _file, seal, options.FailedRetention, time, _logger);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public OutboxHealth Health =>
        Volatile.Read(ref _disposed) != 0
            ? new OutboxHealth(false, "The outbox is closed.")
            : new OutboxHealth(_writer.Problem is null, _writer.Problem);

    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _leases.Duration;

    /// <summary>How many transactions were committed for callers since the start.</summary>
    public long Commits => _writer.Commits;

    /// <summary>For tests, which make it refuse to grow.</summary>
    internal SqliteConnection WriteConnection => _writer.Connection;

    /// <inheritdoc/>
    /// <remarks>A call that has begun is not called off: the token is looked at on the way in only.</remarks>
    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        }

        if (entries.Count == 0)
        {
            return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, [], TimeSpan.Zero));
        }

        var append = new AppendOperation(entries, _writer.Suppressions, _time.GetUtcNow());
        return _queue.TryAdd(append) ? new(append.Completion) : new(AppendOperation.Unavailable(RetryWhenCrowded));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await _erasure.ReadyAsync(cancellationToken);
        return await NotingDamageAsync(_chunks.LeaseAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Lease?>> RenewAsync(
        IReadOnlyList<Chunk> chunks,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult<IReadOnlyList<Lease?>>([
            .. chunks.Select(chunk => _leases.Renew(chunk.Id, chunk.Lease.Token)),
        ]);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    )
    {
        foreach (var settlement in settlements)
        {
            RequireEachEventOnce(settlement);
        }

        var statuses = settlements
            .Select(settlement => HoldsLease(settlement) ? SettlementStatus.Settled : SettlementStatus.LeaseLost)
            .ToArray();
        await _queue.SettleAsync(
            [.. settlements.Where((_, index) => statuses[index] == SettlementStatus.Settled)],
            _leases
        );
        return statuses;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.BacklogAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.FailedAsync(query, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        (await NotingDamageAsync(_operator.CountFailedAsync(selection, cancellationToken))).Events;

    /// <inheritdoc/>
    public async ValueTask<long> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    )
    {
        // What a replay brings back to the list has a higher number: it is not replayed for ever.
        var (_, last) = await NotingDamageAsync(_operator.CountFailedAsync(selection, cancellationToken));
        var resolved = 0L;
        var after = 0L;
        while (after < last)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var begin = after;
            (after, var events) = await _queue.ChangeAsync(transaction =>
                transaction.Resolve(selection, resolution, begin, last, ResolvedAtOnce)
            );
            resolved += events;
        }

        return resolved;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.LedgerAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.LastDeliveriesAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken) =>
        await _queue.ChangeAsync(transaction =>
        {
            transaction.Hasten(connection, dataset);
            return true;
        });

    /// <inheritdoc/>
    public async ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        await _queue.ChangeAsync(transaction =>
        {
            transaction.SetPaused(connection, paused);
            return true;
        });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.PausedAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) => await _queue.ChangeAsync(transaction => transaction.Halt(scope, reason, probeIn));

    /// <inheritdoc/>
    public async ValueTask<bool> TryProbeAsync(
        HaltScope scope,
        TimeSpan patience,
        CancellationToken cancellationToken
    ) => await _queue.ChangeAsync(transaction => transaction.TryProbe(scope, patience));

    /// <inheritdoc/>
    public async ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        await _queue.ChangeAsync(transaction =>
        {
            transaction.ProbeNow(connection);
            return true;
        });

    /// <inheritdoc/>
    public async ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        await _queue.ChangeAsync(transaction => transaction.EndHalt(scope));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        NotingDamageAsync(_operator.HaltsAsync(cancellationToken));

    /// <inheritdoc/>
    /// <remarks>An erasure that has begun is not called off: the token is looked at on the way in only.</remarks>
    public async ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _erasure.RunAsync(person.ToHashSet(), until);
    }

    /// <summary>Stops accepting, finishes what is queued, closes the file and gives up the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _upkeep.DisposeAsync();
        await _erasure.DisposeAsync();
        await _erasures.DisposeAsync();
        await _chunks.DisposeAsync();
        await _operator.DisposeAsync();
        await _writer.DisposeAsync();
        _file.Dispose();
        Log.Closed(_logger, _path);
    }

    /// <summary>Damage that a reader meets is noted, too: the next start looks for it.</summary>
    private async ValueTask<T> NotingDamageAsync<T>(ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (SqliteException error) when (DiskTrouble.IsDamage(error))
        {
            _file.NoteDamage();
            throw;
        }
    }

    private bool HoldsLease(ChunkSettlement settlement)
    {
        var held = _leases.TryEnd(settlement.Chunk.Id, settlement.Chunk.Lease.Token);
        if (!held)
        {
            Log.SettledWithoutLease(_logger, settlement.Chunk.Id);
        }

        return held;
    }

    private static void RequireEachEventOnce(ChunkSettlement settlement)
    {
        Span<bool> named = new bool[settlement.Chunk.Events.Count];
        foreach (var index in settlement.Keep.Concat(settlement.Buried.Select(burial => burial.Index)))
        {
            if ((uint)index >= (uint)named.Length || named[index])
            {
                throw new ArgumentException(
                    $"Event {index} of a chunk of {named.Length} is named twice or does not exist.",
                    nameof(settlement)
                );
            }

            named[index] = true;
        }
    }
}
