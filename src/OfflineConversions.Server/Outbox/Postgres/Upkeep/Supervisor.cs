using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;

namespace OfflineConversions.Server.Outbox.Postgres.Upkeep;

/// <summary>
/// Once a second: opens the store if that has not succeeded yet, finds out whether the database works again, and keeps
/// the tables small if it is this replica's turn.
/// </summary>
internal sealed partial class Supervisor : IAsyncDisposable
{
    private const string MaintenanceTask = "maintenance";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rarely = TimeSpan.FromMinutes(1);

    private readonly SupervisedParts _parts;
    private readonly SteadyTime _time;
    private readonly ILogger _logger;
    private readonly LeasedTask _maintaining;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private bool _isOpen;
    private bool _isUnusable;
    private long _lastHeartbeat;
    private long _lastRare;

    public Supervisor(SupervisedParts parts, SteadyTime time, bool isOpen, ILogger logger)
    {
        (_parts, _time, _isOpen, _logger) = (parts, time, isOpen, logger);
        _lastHeartbeat = _lastRare = time.GetTimestamp();
        _maintaining = new LeasedTask(parts.Tasks, TimeProvider.System);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await TryRoundAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The outbox closes.
        }
    }

    private async Task TryRoundAsync()
    {
        try
        {
            await RoundAsync(_stopping.Token);
        }
        catch (SettingUnusableException unusable)
        {
            _isUnusable = true;
            _parts.Availability.Report(unusable.Message);
        }
#pragma warning disable CA1031 // The next round tries again, whatever it was.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!_stopping.IsCancellationRequested && !_parts.Availability.Report(error))
            {
                Log.RoundFailed(_logger, error);
            }
        }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        if (!_isOpen)
        {
            await _parts.Opening.RunAsync(stopping);
            await _parts.RefreshAsync();
            _parts.Erasure.Resume(isStart: true);
            _isOpen = true;
        }

        var isRare = Passed(ref _lastRare, Rarely);
        if (isRare || _isUnusable)
        {
            await _parts.Opening.CheckServerAsync(stopping);
            _isUnusable = false;
        }

        if (_parts.Availability.Problem is not null || Passed(ref _lastHeartbeat, Heartbeat))
        {
            // A commit that writes: a full disk and a standby fail here.
            await _parts.Tasks.SignOfLifeAsync(stopping);
            _parts.Availability.Recovered();
        }

        await _maintaining.TryAndKeepAsync(MaintenanceTask, (_, current) => MaintainAsync(isRare, current), stopping);
    }

    private async Task MaintainAsync(bool isRare, CancellationToken current)
    {
        await _parts.Maintenance.RunAsync(_time.EarlierNow, current);
        if (isRare)
        {
            await _parts.RefreshAsync();
            _parts.Erasure.Resume(isStart: false);
            await _parts.Maintenance.RunRarelyAsync(current);
            await _parts.Tasks.ForgetAsync(current);
        }
    }

    private bool Passed(ref long since, TimeSpan span)
    {
        if (_time.GetElapsedTime(since) < span)
        {
            return false;
        }

        since = _time.GetTimestamp();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 441,
            Level = LogLevel.Error,
            Message = "A round of upkeep of the outbox in the database failed and is tried again"
        )]
        public static partial void RoundFailed(ILogger logger, Exception error);
    }
}

/// <summary>What the supervisor looks after.</summary>
/// <param name="Availability">Whether the database works.</param>
/// <param name="Opening">Opens the store.</param>
/// <param name="Maintenance">Keeps the tables small.</param>
/// <param name="Tasks">Which replica's turn it is.</param>
/// <param name="Erasure">Erasures that another process has not finished.</param>
/// <param name="RefreshAsync">Reads what this replica remembers of the store.</param>
internal sealed record SupervisedParts(
    Availability Availability,
    Opening Opening,
    Maintenance Maintenance,
    ReplicaTasks Tasks,
    Erasure Erasure,
    Func<Task> RefreshAsync
);
