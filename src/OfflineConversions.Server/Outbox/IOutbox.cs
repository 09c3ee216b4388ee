using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The durable queue between the border and delivery. What it promises stands at the head of <c>SqliteOutbox</c>; one
/// contract test suite holds every implementation to it. It moves opaque bytes and knows neither sources nor Meta.
/// </summary>
internal interface IOutbox : IAsyncDisposable
{
    /// <summary>
    /// Stores deliveries. Completes only when they are on disk; concurrent calls share one commit.
    /// Expected trouble (full, failing, closing) is a value, never an exception. What awaits it may go on on the thread
    /// that tells others too: it must not block.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// Leases due chunks of one destination of the connection, oldest first, until a limit is reached (at least one
    /// where any is due). Empty when nothing is due. A leased chunk is not leased again until it is settled or the
    /// process dies.
    /// </summary>
    ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Ends leases: delivered events leave, kept ones wait for their due time, buried ones go to the failed list. One
    /// transaction.
    /// </summary>
    ValueTask SettleAsync(IReadOnlyList<ChunkSettlement> settlements, CancellationToken cancellationToken);

    /// <summary>How much waits, for each connection that has anything waiting.</summary>
    ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken);

    /// <summary>The most recent events of the failed list, newest first.</summary>
    ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken);

    /// <summary>How many events of the failed list are selected.</summary>
    ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the selected events leave the failed list; what comes to the list meanwhile stays. Long lists leave in
    /// several transactions, each of which keeps the ledger balanced.
    /// </summary>
    /// <returns>How many left.</returns>
    ValueTask<long> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    );

    /// <summary>The books of every connection that ever had an event.</summary>
    ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken);

    /// <summary>When Meta last took events, for each connection that ever delivered.</summary>
    ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken);

    /// <summary>Makes due what waits for its time in a dataset: its trouble is over.</summary>
    ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken);

    /// <summary>
    /// Remembers beyond a restart that a connection is paused, or forgets it. Leasing does not look at it.
    /// </summary>
    ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken);

    /// <summary>The connections that are paused.</summary>
    ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes every waiting and failed event that bears one of the traces, with their deduplication keys, and takes no
    /// new ones until a time. They count as discarded. Events in flight are delivered, or gone when their attempt
    /// fails. Nothing of them can be read in the store's files afterwards. A second call is harmless; one that a crash
    /// interrupts is finished after the restart.
    /// </summary>
    ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    );

    /// <summary>Whether the outbox can take events now, and if not, why.</summary>
    OutboxHealth Health { get; }
}
