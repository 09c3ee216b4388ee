using System.Collections.Frozen;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Events of business messaging. Source: Meta, "Conversions API for Business Messaging".</summary>
internal static class MessagingRules
{
    public static readonly Rule ChannelMissing = new(
        "messaging_channel_missing",
        2804063,
        "Missing Messaging Channel",
        "A business_messaging event needs a messaging_channel: whatsapp, messenger or instagram."
    );
    public static readonly Rule EventNameNotAllowed = new(
        "messaging_event_name",
        2804066,
        "Event Name Not Allowed",
        "The event_name is not one of those allowed for business_messaging."
    );

    private static readonly FrozenSet<string> Channels = FrozenSet.Create(
        StringComparer.Ordinal,
        "whatsapp",
        "messenger",
        "instagram"
    );

    private static readonly FrozenSet<string> EventNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "Purchase",
        "LeadSubmitted",
        "InitiateCheckout",
        "AddToCart",
        "ViewContent",
        "OrderCreated",
        "OrderShipped",
        "OrderDelivered",
        "OrderCanceled",
        "OrderReturned",
        "CartAbandoned",
        "QualifiedLead",
        "RatingProvided",
        "ReviewProvided"
    );

    public static Violation? Check(EventCheck check)
    {
        if (check.ActionSource != "business_messaging")
        {
            return null;
        }

        return !check.Has(check.Event, "messaging_channel", out var channel) || !Channels.Contains(channel.GetString()!)
                ? ChannelMissing.At("messaging_channel")
            : EventNames.Contains(check.EventName!) ? null
            : EventNameNotAllowed.At("event_name");
    }
}
