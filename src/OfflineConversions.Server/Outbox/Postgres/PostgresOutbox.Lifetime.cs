using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;
using OfflineConversions.Server.Outbox.Postgres.Importing;
using OfflineConversions.Server.Outbox.Postgres.Journal;
using OfflineConversions.Server.Outbox.Postgres.Pending;
using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>How the outbox opens and closes.</summary>
internal sealed partial class PostgresOutbox
{
    private PostgresOutbox(
        OutboxOptions options,
        TimeProvider time,
        ILogger logger,
        PostgresTiming timing,
        JournalOptions journal
    )
    {
        (_time, _logger) = (SteadyTime.Over(time), logger);
        _leaseDuration = options.LeaseDuration;
        _database = new Database(
            DatabaseAddress.Open(options),
            new StoreClock(_time, timing.UsesDatabaseClock ? null : _time)
        );
        _availability = new Availability(logger);
        var encryption = new PayloadEncryption(options);
        _parts = new WriterParts(
            _database,
            new ReplicaCache(),
            new ChunkNumbers(_database),
            new ContentWriter(encryption),
            new JournalNames()
        );
        _queue = new AppendQueue(options.MaxPendingCommitBytes);
        var doubt = new CommitDoubt(_database, TimeProvider.System, logger);
        _writer = new GroupCommit(_parts, _queue, _availability, doubt, logger);
        _claims = new ChunkClaims(_database, _owner, _leaseDuration);
        _leasing = new Leasing(_claims, _parts, _owner, buried => WhenBuried?.Invoke(buried), logger);
        _operator = new OperatorReader(_database, encryption);
        _journal = new JournalReader(_database, encryption);
        _use = new UseReader(_database);
        _failed = new PostgresFailedList(_operator, _parts);
        _pending = new PostgresPendingList(
            new PendingReader(_database, encryption, _claims),
            _claims,
            _leasing,
            _parts
        );
        _states = new PostgresConnectionStates(_operator, _database);
        _erasure = new Erasure(new ErasureSearch(_parts, _claims, _leasing, _owner), _parts, _time, logger);
        _tasks = new ReplicaTasks(_database, _owner);
        _alerts = new PostgresAlerts(_database, _tasks);
        _imports = new PostgresImports(_parts, _tasks, _owner, _availability, doubt);
        _maintenance = new Maintenance(_parts, new JournalUpkeep(_database, journal), options.FailedRetention);
        _opening = new Opening(_database, encryption, timing.LongestWait, logger);
    }

    /// <summary>
    /// Opens the store. A wrong setting is an error; a database that cannot be reached is not: the outbox then refuses
    /// events until it can be.
    /// </summary>
    /// <param name="options">Where the database is, its encryption and its limits.</param>
    /// <param name="time">The clock of this process.</param>
    /// <param name="logger">Reports what the operator should know.</param>
    /// <param name="timing">Whose clock counts, and how long anything may wait.</param>
    /// <param name="journal">How long and how large the journal may become.</param>
    /// <exception cref="SettingUnusableException">The operator must change something.</exception>
    public static async Task<PostgresOutbox> OpenAsync(
        OutboxOptions options,
        TimeProvider time,
        ILogger<PostgresOutbox> logger,
        PostgresTiming timing,
        JournalOptions? journal = null
    )
    {
        var outbox = new PostgresOutbox(options, time, logger, timing, journal ?? new JournalOptions());
        try
        {
            await outbox.StartAsync();
            return outbox;
        }
        catch
        {
            await outbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same for a container, which resolves synchronously.</summary>
    /// <exception cref="SettingUnusableException">The operator must change something.</exception>
    public static PostgresOutbox Open(
        OutboxOptions options,
        TimeProvider time,
        ILogger<PostgresOutbox> logger,
        PostgresTiming timing,
        JournalOptions? journal = null
    ) => Task.Run(() => OpenAsync(options, time, logger, timing, journal)).GetAwaiter().GetResult();

    /// <summary>Stops accepting events, finishes what is queued and returns what is leased.</summary>
    public ValueTask DisposeAsync() => CloseAsync(returnsLeases: true);

    /// <summary>For tests: ends as a process that is killed does. Its leases stay.</summary>
    internal ValueTask AbandonAsync() => CloseAsync(returnsLeases: false);

    private async ValueTask CloseAsync(bool returnsLeases)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_supervisor is { } supervisor)
        {
            await supervisor.DisposeAsync();
        }

        await _erasure.DisposeAsync();
        await _writer.DisposeAsync();
        await _stopping.CancelAsync();
        if (returnsLeases && _availability.Problem is null)
        {
            await ReturnAsync();
        }

        _parts.Numbers.Dispose();
        _alerts.Dispose();
        await _database.DisposeAsync();
        Log.Closed(_logger);
    }

    private async Task StartAsync()
    {
        var isOpen = false;
        try
        {
            await _opening.RunAsync(CancellationToken.None);
            await EnterAsync();
            _erasure.Resume(isStart: true);
            isOpen = true;
            _availability.Recovered();
        }
        catch (Exception error) when (DatabaseErrors.Refused(error) is { } refused)
        {
            throw new SettingUnusableException(refused, error);
        }
        catch (StoreClosedException closed)
        {
            throw new SettingUnusableException(closed.Message, closed);
        }
        catch (Exception error) when (_availability.Report(error))
        {
            // It is tried again every second.
        }

        _supervisor = new Supervisor(
            new SupervisedParts(_availability, _opening, _maintenance, _tasks, _erasure, EnterAsync),
            _time,
            isOpen,
            _logger
        );
    }

    /// <summary>
    /// Reads what a writing transaction would read first. The sign of life comes before it: a move that closes the
    /// store looks for one, so either it sees this replica, or this replica sees that the store is closed.
    /// </summary>
    private async Task EnterAsync()
    {
        await _tasks.SignOfLifeAsync(CancellationToken.None);
        await using var transaction = await WriteTransaction.BeginAsync(_parts, CancellationToken.None);
    }

    /// <summary>Other replicas need not wait for the ends of leases and tasks.</summary>
    private async Task ReturnAsync()
    {
        try
        {
            await _claims.ReleaseAllAsync();
            await _tasks.ReleaseAllAsync();
        }
        catch (Exception error) when (DatabaseErrors.Describe(error) is not null)
        {
            // They end by themselves.
        }
    }
}
