using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary>What the state of a delivery means, in words.</summary>
/// <param name="Reason">Why it failed, or what stops the sending; null if neither.</param>
/// <param name="Meaning">What happened.</param>
/// <param name="Remedy">What to do; null if nothing.</param>
internal sealed record DeliveryExplanation(string? Reason, string Meaning, string? Remedy)
{
    private const string SendAgain = "If Meta should have it, send it again while Meta's acceptance window is open.";

    /// <param name="delivery">The delivery.</param>
    /// <param name="stop">What stops the sending of pending events.</param>
    public static DeliveryExplanation Of(JournalDelivery delivery, PendingStop? stop) =>
        delivery.State switch
        {
            DeliveryState.Pending => Waiting(delivery, stop ?? PendingStop.After(delivery.Answer)),
            DeliveryState.Delivered => new(null, "Meta accepted it.", null),
            DeliveryState.Failed => Failed(delivery.Reason),
            DeliveryState.Discarded => new(delivery.Reason, Discarded(delivery.Reason), SendAgain),
            DeliveryState.Expired => new(delivery.Reason, "The failed list no longer keeps it.", SendAgain),
            DeliveryState.Erased => new(delivery.Reason, "Its person was erased before Meta had accepted it.", null),
            _ => throw new ArgumentOutOfRangeException(nameof(delivery), delivery.State, null),
        };

    private static DeliveryExplanation Waiting(JournalDelivery delivery, PendingStop? stop) =>
        stop is not null
            ? new(stop.Reason, stop.Detail is null ? stop.Meaning : $"{stop.Meaning} {stop.Detail}.", stop.Remedy)
        : delivery.Attempts == 0 ? new(null, "It waits to be sent.", null)
        : new(null, "Meta has not accepted it yet; it is sent again.", null);

    private static DeliveryExplanation Failed(string? reason)
    {
        var entry = reason is null ? null : ReasonCatalogue.Find(reason, ReasonKind.Failed);
        return new DeliveryExplanation(reason, entry?.Meaning ?? "It is on the failed list.", entry?.Remedy);
    }

    private static string Discarded(string? failure) =>
        failure is null
            ? "An operator gave it up while it waited, or a damaged file lost it."
            : "It had failed, and an operator gave it up, or a damaged file lost it.";
}
