namespace OfflineConversions.Server.Outbox;

/// <summary>The right to send a chunk and to settle it.</summary>
/// <param name="Token">
/// The fencing token: it grows with every lease of a chunk, and the store accepts a settlement or a renewal only with
/// the current one.
/// </param>
/// <param name="End">
/// When another caller may lease the chunk, by the store's clock. To decide when to renew, measure
/// <see cref="IOutbox.LeaseDuration"/> with a monotonic timer instead of comparing this with a wall clock.
/// </param>
internal readonly record struct Lease(long Token, DateTimeOffset End);

/// <summary>What to lease.</summary>
/// <param name="Connection">The connection whose chunks are wanted.</param>
/// <param name="MaxEvents">The most events to lease; a single chunk may exceed it.</param>
/// <param name="MaxBytes">The most payload bytes to lease; a single chunk may exceed it.</param>
/// <param name="StoredSince">Only chunks stored at this time or later; <see langword="null"/> asks for all.</param>
internal readonly record struct LeaseRequest(
    string Connection,
    int MaxEvents,
    long MaxBytes,
    DateTimeOffset? StoredSince = null
);
