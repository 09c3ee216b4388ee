using System.Collections.Frozen;
using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>Business messaging. Source: Meta, "Conversions API for Business Messaging".</summary>
internal static class Messaging
{
    // Meta refuses a messaging event of any other name.
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

    /// <summary>Whether the event can have the action source <c>business_messaging</c>.</summary>
    public static bool Allows(ConversionEvent conversion) =>
        conversion.EventFields.Has(EventFields.MessagingChannel)
        && conversion.Targets.All(target => EventNames.Contains(target.EventName));
}
