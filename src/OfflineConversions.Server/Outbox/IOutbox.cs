using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The durable queue between ingestion and delivery. It stores finished payloads as opaque bytes and has no code for a
/// source or for Meta. An expected failure is a value, never an exception. Time is the store's own: <see
/// cref="SteadyTime"/> for SQLite. One contract test suite runs against every implementation.
/// </summary>
internal interface IOutbox : IAsyncDisposable
{
    /// <summary>Whether the outbox can accept events now, and if not, why.</summary>
    OutboxHealth Health { get; }

    /// <summary>How long a lease lasts, from the call that starts or renews it.</summary>
    TimeSpan LeaseDuration { get; }

    /// <summary>
    /// Stores deliveries. Completes only when they are on disk; concurrent calls share one commit. The continuation may
    /// run on a thread that completes other callers too, so it must not block. When it has returned a result, nothing
    /// reads the memory of the payloads any more; after an exception, something may.
    /// </summary>
    /// <param name="entries">The deliveries.</param>
    /// <param name="arrivals">
    /// The source events that they belong to, those without a delivery included: the same commit notes them in the
    /// journal. <see langword="null"/> notes nothing.
    /// </param>
    /// <param name="cancellationToken">Cancels the call before it begins.</param>
    ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Leases due chunks of one destination of a connection, oldest first, up to the limits but at least one if any is
    /// due. Empty if nothing is due. A leased chunk is not leased again before its lease ends.
    /// </summary>
    ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Extends leases by <see cref="LeaseDuration"/> from now. A lease that is past its end can still be renewed as
    /// long as no other caller has taken the chunk.
    /// </summary>
    /// <returns>
    /// For each chunk, in order, its lease with the new end, or <see langword="null"/> if the token is no longer
    /// current: the caller must stop sending the chunk.
    /// </returns>
    ValueTask<IReadOnlyList<Lease?>> RenewAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken);

    /// <summary>
    /// Ends leases in one transaction: delivered events leave, kept events wait for their due time, buried events move
    /// to the failed list. A settlement whose token is no longer current changes nothing.
    /// </summary>
    /// <returns>One status per settlement, in order.</returns>
    /// <exception cref="ArgumentException">
    /// A settlement names an event that its chunk does not have, or names one twice.
    /// </exception>
    ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    );

    /// <summary>Makes everything that waits for a later time in a dataset due now.</summary>
    ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken);
}

/// <summary>Appends that the journal does not note.</summary>
internal static class UnnotedAppend
{
    /// <summary>Stores deliveries.</summary>
    public static ValueTask<AppendResult> AppendAsync(
        this IOutbox outbox,
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    ) => outbox.AppendAsync(entries, arrivals: null, cancellationToken);
}

/// <summary>Whether the outbox can accept events.</summary>
/// <param name="Ready">True if it can.</param>
/// <param name="Problem">What is wrong, for the operator.</param>
internal readonly record struct OutboxHealth(bool Ready, string? Problem);
