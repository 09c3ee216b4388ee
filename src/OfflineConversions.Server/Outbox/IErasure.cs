using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Outbox;

/// <summary>Removes persons from the store.</summary>
internal interface IErasure
{
    /// <summary>
    /// Removes every waiting and failed event that carries one of the traces, together with its deduplication key, and
    /// accepts no new ones until a given time. The removed events count as discarded. An event in flight is either
    /// delivered or removed once its attempt fails. Afterwards the store's files hold none of their bytes. A second
    /// call is harmless; an erasure that a crash interrupts is finished after the restart.
    /// </summary>
    ValueTask<ErasedEvents> EraseAsync(
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    );
}

/// <summary>What an erasure removed.</summary>
/// <param name="Pending">Events that waited for delivery.</param>
/// <param name="Failed">Events of the failed list.</param>
/// <param name="DeduplicationKeys">The deduplication keys of those events.</param>
/// <param name="InFlight">Events being sent: delivered by now, or removed once their attempt fails.</param>
internal readonly record struct ErasedEvents(long Pending, long Failed, long DeduplicationKeys, long InFlight);
