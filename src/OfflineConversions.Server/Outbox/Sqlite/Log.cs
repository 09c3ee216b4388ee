namespace OfflineConversions.Server.Outbox.Sqlite;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Opened the outbox '{Path}'")]
    public static partial void Opened(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Closed the outbox '{Path}'")]
    public static partial void Closed(ILogger logger, string path);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The outbox '{Path}' is damaged ({Damage}). What can be read is copied into a new file; the damaged one is kept as '{Evidence}'"
    )]
    public static partial void FoundDamaged(ILogger logger, string path, string damage, string evidence);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Recovered {Waiting} waiting and {Failed} failed events from the damaged outbox; {Missing} could not be read and are counted as discarded"
    )]
    public static partial void Recovered(ILogger logger, long waiting, long failed, long missing);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Others than the service's user may write to the outbox's folder '{Folder}'. Its files are closed to them, but they could put others in their place"
    )]
    public static partial void FolderIsOpen(ILogger logger, string folder);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Chunk {Chunk} of connection {Connection} cannot be read: it is damaged, or encrypted and its key is missing. It was kept and is not sent before a restart"
    )]
    public static partial void ChunkUnreadable(ILogger logger, long chunk, string connection);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Destination {Destination} of connection {Connection} is damaged: what waits for it was kept and is not sent"
    )]
    public static partial void DestinationUnreadable(ILogger logger, long destination, string connection);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Goes on with an erasure that was not finished; nothing is sent before it is"
    )]
    public static partial void ErasureResumed(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "An erasure was interrupted; it is tried again")]
    public static partial void ErasureInterrupted(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox stopped taking events. {Problem}")]
    public static partial void BecameUnavailable(ILogger logger, string problem, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Making room for settlements failed")]
    public static partial void MadeNoRoom(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The outbox takes events again")]
    public static partial void BecameAvailable(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "An outbox operation failed and was undone")]
    public static partial void OperationFailed(ILogger logger, Exception error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Ignored the settlement of chunk {Chunk}: nobody held a lease on it"
    )]
    public static partial void SettledWithoutLease(ILogger logger, long chunk);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Closed with {Count} settlements that the disk did not take; their chunks will be sent again"
    )]
    public static partial void SettlementsLost(ILogger logger, int count);
}
