using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>How the outbox opens and closes.</summary>
internal sealed partial class PostgresOutbox
{
    /// <summary>
    /// Opens the store. A wrong setting is an error; a database that cannot be reached is not: the outbox then refuses
    /// events until it can be.
    /// </summary>
    /// <param name="options">Where the database is, its encryption and its limits.</param>
    /// <param name="time">The clock of this process.</param>
    /// <param name="logger">Reports what the operator should know.</param>
    /// <param name="timing">Whose clock counts, and how long anything may wait.</param>
    /// <exception cref="SettingUnusableException">The operator must change something.</exception>
    public static async Task<PostgresOutbox> OpenAsync(
        OutboxOptions options,
        TimeProvider time,
        ILogger<PostgresOutbox> logger,
        PostgresTiming timing
    )
    {
        var outbox = new PostgresOutbox(options, time, logger, timing);
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
        PostgresTiming timing
    ) => Task.Run(() => OpenAsync(options, time, logger, timing)).GetAwaiter().GetResult();

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
        await _database.DisposeAsync();
        Log.Closed(_logger);
    }

    private async Task StartAsync()
    {
        var isOpen = false;
        try
        {
            await _opening.RunAsync(CancellationToken.None);
            await RefreshAsync();
            _erasure.Resume(isStart: true);
            isOpen = true;
            _availability.Recovered();
        }
        catch (Exception error) when (DatabaseErrors.Refused(error) is { } refused)
        {
            throw new SettingUnusableException(refused, error);
        }
        catch (Exception error) when (_availability.Report(error))
        {
            // It is tried again every second.
        }

        _supervisor = new Supervisor(
            new SupervisedParts(
                _availability,
                _opening,
                new Maintenance(_parts, _failedRetention),
                _tasks,
                _erasure,
                RefreshAsync
            ),
            _owner,
            _time,
            isOpen,
            _logger
        );
    }

    /// <summary>Reads what a writing transaction would read first.</summary>
    private async Task RefreshAsync()
    {
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
