using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Erasing;
using OfflineConversions.Server.Outbox.Sqlite.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Pending;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The outbox in one SQLite file. <c>README.md</c> beside this file states what must always be true.
/// <para>
/// An append: this file, <see cref="AppendOperation"/>, <see cref="GroupCommit"/>, <see cref="WriteTransaction"/>. A
/// lease: this file, <see cref="LeaseReader"/>, <see cref="ChunkTable"/>. A settlement: this file,
/// <see cref="SettleOperation"/>, and then as an append.
/// </para>
/// </summary>
internal sealed partial class SqliteOutbox : IOutboxStore
{
    /// <summary>
    /// Delivery renews every third of it, so only a process that is suspended for minutes, or a defect, loses a lease.
    /// What a defect never settles is sent again after this time.
    /// </summary>
    private static readonly TimeSpan DefaultLeaseDuration = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan RetryWhenCrowded = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly SteadyTime _time;
    private readonly Leases _leases;
    private readonly DatabaseFile _file;
    private readonly WriteQueue _queue;
    private readonly GroupCommit _writer;
    private readonly ChunkTable _chunks;
    private readonly LeaseReader _leaseReader;
    private readonly OperatorReader _operator;
    private readonly JournalReader _journal;
    private readonly SqliteFailedList _failed;
    private readonly PendingReader _pendingReader;
    private readonly SqlitePendingList _pending;
    private readonly SqliteConnectionStates _states;
    private readonly ImportReader _importReader;
    private readonly SqliteImports _imports;
    private readonly ErasureReader _erasures;
    private readonly Erasure _erasure;
    private readonly ITimer _upkeep;
    private int _disposed;

    /// <summary>Opens the file, and creates it and its folder if they are missing.</summary>
    /// <param name="options">Where the file is, its encryption and its limits.</param>
    /// <param name="time">The clock. Unless it is a <see cref="SteadyTime"/>, it gets one.</param>
    /// <param name="logger">Reports what the operator should know.</param>
    /// <param name="leaseDuration">How long a lease lasts; five minutes by default.</param>
    /// <param name="longestWait">The longest that anything waits; the schedules' by default.</param>
    /// <param name="journal">How long and how large the journal may become.</param>
    /// <exception cref="SettingUnusableException">
    /// Another process has the file, a newer version of the program wrote it, or it cannot be opened.
    /// </exception>
    public SqliteOutbox(
        OutboxOptions options,
        TimeProvider time,
        ILogger<SqliteOutbox> logger,
        TimeSpan? leaseDuration = null,
        TimeSpan? longestWait = null,
        JournalOptions? journal = null
    )
    {
        (_path, _time, _logger) = (options.Path, SteadyTime.Over(time), logger);
        journal ??= new JournalOptions();
        var limits = new RowLimits(
            options.FailedRetention,
            longestWait ?? new DeliveryOptions().LongestWait,
            new JournalLimits(journal.Retention, journal.MaxBytes)
        );
        _leases = new Leases(_time, leaseDuration ?? DefaultLeaseDuration);
        _queue = new WriteQueue(options.MaxPendingCommitBytes);
        _file = new DatabaseFile(options, time, logger);
        try
        {
            _writer = new GroupCommit(_queue, _file, limits, _time, logger);
        }
        catch (SqliteException damage) when (DiskErrors.IsDamage(damage))
        {
            // A large file is not checked completely at the start, but its deduplication keys are read, and no check
            // finds everything. Damage found here is recovered now, not at the next start.
            _file.NoteDamage();
            _file.Dispose();
            _file = new DatabaseFile(options, time, logger, damage.Message);
            _writer = new GroupCommit(_queue, _file, limits, _time, logger);
        }

        _chunks = new ChunkTable(_file.OpenReader(), _file.Encryption, _leases);
        var burial = new UnreadableBurial(_queue, buried => WhenBuried?.Invoke(buried));
        var findings = new LeaseFindings(_file.NoteDamage, id => _ = burial.BuryAsync(id));
        _leaseReader = new LeaseReader(_chunks, _leases, findings, _time, logger);
        Recoveries = _file.Recoveries;
        _operator = new OperatorReader(_file.OpenReader(), _file.Encryption);
        _journal = new JournalReader(_file.OpenReader(), _file.Encryption, _time);
        _failed = new SqliteFailedList(_operator, _queue, _file);
        _pendingReader = new PendingReader(_file.OpenReader(), _file.Encryption, _leases, _file.NoteDamage);
        _pending = new SqlitePendingList(_pendingReader, new PendingChunks(_chunks, _leases), burial, _queue, _file);
        _states = new SqliteConnectionStates(_operator, _queue, _file);
        _importReader = new ImportReader(_file.OpenReader());
        _imports = new SqliteImports(_importReader, _queue, _file, _writer.Suppressions, _time);
        _erasures = new ErasureReader(_file.OpenReader(), _file.Encryption);
        var search = new ErasureSearch(new ErasureChunkReader(_chunks, _leases), _erasures, _leases, _queue);
        _erasure = new Erasure(search, _writer, _queue, _file, _time, logger);
        _erasure.Resume();
        _upkeep = time.CreateTimer(
            static queue => ((WriteQueue)queue!).AskForUpkeep(),
            _queue,
            UpkeepInterval,
            UpkeepInterval
        );
        Log.Opened(_logger, _path);
    }

    /// <inheritdoc/>
    public OutboxHealth Health =>
        Volatile.Read(ref _disposed) != 0
            ? new OutboxHealth(false, "The outbox is closed.")
            : new OutboxHealth(_writer.Problem is null, _writer.Problem);

    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _leases.Duration;

    /// <summary>The number of transactions committed for callers since the start.</summary>
    public long Commits => _writer.Commits;

    /// <summary>For tests, which make the file refuse to grow.</summary>
    internal SqliteConnection WriteConnection => _writer.Connection;

    /// <inheritdoc/>
    /// <remarks>An append that has begun is not cancelled: the token is checked only before it.</remarks>
    public ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    )
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        }

        if (entries.Count == 0 && arrivals is not { Events.Count: > 0 })
        {
            return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, [], TimeSpan.Zero));
        }

        var append = new AppendOperation(entries, arrivals, _writer.Suppressions, _time.GetUtcNow());
        return _queue.TryAdd(append) ? new(append.Completion) : new(AppendOperation.Unavailable(RetryWhenCrowded));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await _erasure.ReadyAsync(cancellationToken);
        return await _file.NoteDamageOf(_leaseReader.LeaseAsync(request, cancellationToken));
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
            ChunkSettlement.RequireEachEventOnce(settlement);
        }

        var statuses = settlements.Select(EndLease).ToArray();
        await _queue.SettleAsync(
            [.. settlements.Where((_, index) => statuses[index] == SettlementStatus.Settled)],
            _leases
        );
        return statuses;
    }

    /// <inheritdoc/>
    public ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken) =>
        new(_queue.ChangeAsync(transaction => transaction.Chunks.Hasten(connection, dataset, transaction.Now)));

    /// <summary>Stops accepting events, finishes what is queued, closes the file and releases the lock.</summary>
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
        await _pendingReader.DisposeAsync();
        await _journal.DisposeAsync();
        await _importReader.DisposeAsync();
        await _writer.DisposeAsync();
        _file.Dispose();
        Log.Closed(_logger, _path);
    }

    private SettlementStatus EndLease(ChunkSettlement settlement)
    {
        if (_leases.TryEnd(settlement.Chunk.Id, settlement.Chunk.Lease.Token))
        {
            return SettlementStatus.Settled;
        }

        Log.SettledWithoutLease(_logger, settlement.Chunk.Id);
        return SettlementStatus.LeaseLost;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 401, Level = LogLevel.Information, Message = "Opened the outbox '{Path}'")]
        public static partial void Opened(ILogger logger, string path);

        [LoggerMessage(EventId = 402, Level = LogLevel.Information, Message = "Closed the outbox '{Path}'")]
        public static partial void Closed(ILogger logger, string path);

        [LoggerMessage(
            EventId = 414,
            Level = LogLevel.Warning,
            Message = "Did not accept a settlement of chunk {Chunk}: its lease is no longer current"
        )]
        public static partial void SettledWithoutLease(ILogger logger, long chunk);
    }
}
