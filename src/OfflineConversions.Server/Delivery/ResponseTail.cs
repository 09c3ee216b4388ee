using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Delivery;

/// <summary>Shows Meta's responses to those who are watching.</summary>
internal static class ResponseTail
{
    /// <summary>Shows the response to a request of so many events, if anyone is watching.</summary>
    public static void Show(
        this LiveTail tail,
        Destination destination,
        int events,
        NextStep step,
        GraphResponse response
    )
    {
        if (tail.IsWatched)
        {
            var (connection, dataset) = (destination.Connection, destination.DatasetId);
            tail.Publish(new TailDelivery(connection, dataset, events, StateAfter(step), MetaAnswers.Of(response)));
        }
    }

    private static DeliveryState StateAfter(NextStep step) =>
        step switch
        {
            NextStep.Complete => DeliveryState.Delivered,
            NextStep.Bury => DeliveryState.Failed,
            _ => DeliveryState.Pending,
        };
}
