namespace OfflineConversions.Server.Outbox;

/// <summary>Counts of events per connection: what came in, what became of it, and what waits.</summary>
internal interface ILedger
{
    /// <summary>The ledger of every connection that ever had an event.</summary>
    ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken);

    /// <summary>How much waits, for each connection that has anything waiting.</summary>
    ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken);

    /// <summary>When Meta last accepted events, for each connection that ever delivered any.</summary>
    ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken);
}

/// <summary>
/// The ledger of one connection since its first event. Accepted is the sum of the other counts, at any moment and after
/// any crash.
/// </summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Accepted">Events stored, without duplicates.</param>
/// <param name="Delivered">Events that Meta accepted.</param>
/// <param name="Waiting">Events not sent yet, or sent and not settled yet.</param>
/// <param name="Failed">Events on the failed list.</param>
/// <param name="Discarded">
/// Events that an operator gave up or had erased, that a redirect dropped as duplicates, or that could not be read from
/// a damaged file.
/// </param>
/// <param name="Expired">Events that the failed list no longer keeps.</param>
internal sealed record LedgerLine(
    string Connection,
    long Accepted,
    long Delivered,
    long Waiting,
    long Failed,
    long Discarded,
    long Expired
);

/// <summary>How much of a connection waits.</summary>
internal sealed record Backlog(string Connection, long Events, long Bytes, DateTimeOffset OldestCreatedAt);

/// <summary>When Meta last accepted events of a connection.</summary>
internal sealed record LastDelivery(string Connection, DateTimeOffset At);
