namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The books of one connection since its first event. Accepted is the sum of the others, at any moment and after any
/// crash.
/// </summary>
/// <param name="Connection">Whose books.</param>
/// <param name="Accepted">Events stored; duplicates are not among them.</param>
/// <param name="Delivered">Events Meta took.</param>
/// <param name="Waiting">Events not yet sent, or sent and not yet settled.</param>
/// <param name="Failed">Events that moved to the failed list.</param>
/// <param name="Discarded">
/// Events an operator gave up or had erased, or that could not be read from a damaged file.
/// </param>
/// <param name="Expired">Events the failed list no longer keeps.</param>
internal sealed record LedgerLine(
    string Connection,
    long Accepted,
    long Delivered,
    long Waiting,
    long Failed,
    long Discarded,
    long Expired
);
