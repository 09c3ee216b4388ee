namespace OfflineConversions.Server.Outbox;

/// <summary>Reports the damaged events that the store itself moves to the failed list.</summary>
internal interface IDamageReports
{
    /// <summary>
    /// Is called when a move is committed, on a thread that others wait for, so it must be quick. A recovery of the
    /// whole store is reported by <see cref="IRecoveryNotices"/> instead.
    /// </summary>
    Action<DamagedEvents>? WhenBuried { get; set; }
}

/// <summary>Events of one chunk that could not be read.</summary>
/// <param name="Connection">The connection that they belong to.</param>
/// <param name="DatasetId">Their dataset; empty if that is damaged too.</param>
/// <param name="Events">How many there are.</param>
internal readonly record struct DamagedEvents(string Connection, string DatasetId, int Events);
