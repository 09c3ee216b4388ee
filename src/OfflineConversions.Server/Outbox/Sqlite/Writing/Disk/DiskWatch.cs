using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>
/// Whether the disk accepts events. When it fails, the reserve is released and settlements live on its space; once a
/// second the writer shrinks the file and tries to hold the reserve again. Used by the writer's thread;
/// <see cref="Problem"/> by any.
/// </summary>
internal sealed partial class DiskWatch(
    DatabaseFile file,
    WriteTransaction transaction,
    Upkeep upkeep,
    SteadyTime time,
    ILogger logger
)
{
    private const string UpkeepFailed = "The upkeep of the outbox file failed.";

    private readonly DiskReserve _reserve = file.Reserve;
    private volatile string? _problem;
    private bool _noticedJournal;

    /// <summary>What keeps the outbox from accepting events; <see langword="null"/> if nothing does.</summary>
    public string? Problem => _problem;

    /// <summary>One round of upkeep. It ends the trouble if the disk has room again.</summary>
    public void LookAfterFile()
    {
        try
        {
            if (_problem is not null)
            {
                upkeep.Shrink();
            }

            _reserve.Hold();
            if (file.IsReadOnly)
            {
                throw new IOException(ReadOnlyFiles.Problem, ReadOnlyFiles.ReadOnlyFileSystem);
            }

            if (_problem is not null)
            {
                upkeep.Probe();
                _problem = null;
                Log.BecameAvailable(logger);
            }

            if (upkeep.Slice(time) is var pulledBack and > 0)
            {
                Log.PulledBack(logger, pulledBack);
            }

            if (!_noticedJournal && transaction.Journal.Damage is { } damage)
            {
                _noticedJournal = true;
                file.NoteDamage();
                Log.StoppedJournal(logger, damage);
            }
        }
#pragma warning disable CA1031 // The writer must survive whatever upkeep finds.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Report(transaction.Undo(error));
        }
    }

    /// <summary>Stops accepting events because of an error.</summary>
    public void Report(Exception error)
    {
        var problem = file.IsReadOnly ? ReadOnlyFiles.Problem : DiskErrors.Describe(error) ?? UpkeepFailed;
        if (_problem is null)
        {
            Log.BecameUnavailable(logger, problem, error);
        }

        _problem = problem;
        try
        {
            if (DiskErrors.IsDamage(error))
            {
                file.NoteDamage();
            }

            _reserve.Release();
            upkeep.EmptyWal();
        }
        catch (Exception inTrouble) when (inTrouble is IOException or UnauthorizedAccessException or SqliteException)
        {
            // The next round of upkeep tries again.
            Log.MadeNoRoom(logger, inTrouble);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 410,
            Level = LogLevel.Error,
            Message = "The outbox stopped accepting events. {Problem}"
        )]
        public static partial void BecameUnavailable(ILogger logger, string problem, Exception error);

        [LoggerMessage(
            EventId = 418,
            Level = LogLevel.Warning,
            Message = "Ended {Count} waits for a next attempt or probe that were longer than any schedule: the "
                + "machine's clock was ahead before the start, or is behind now"
        )]
        public static partial void PulledBack(ILogger logger, int count);

        [LoggerMessage(
            EventId = 420,
            Level = LogLevel.Error,
            Message = "The journal of the outbox was found damaged and stopped. Events were stored and sent as before; "
                + "a restart recovers what can be read"
        )]
        public static partial void StoppedJournal(ILogger logger, Exception damage);

        [LoggerMessage(EventId = 411, Level = LogLevel.Debug, Message = "Making room for settlements failed")]
        public static partial void MadeNoRoom(ILogger logger, Exception error);

        [LoggerMessage(EventId = 412, Level = LogLevel.Information, Message = "The outbox accepted events again")]
        public static partial void BecameAvailable(ILogger logger);
    }
}
