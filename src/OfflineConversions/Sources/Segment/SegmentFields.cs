using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// Segment's property and trait mappings, row by row. Source: Segment, "Facebook Offline Conversions Destination".
/// Traits come in camelCase and snake_case, in any letter case, flat or under address, from context.traits first.
/// </summary>
internal static class SegmentFields
{
    /// <summary>The event's table.</summary>
    public static FieldTable Event { get; } =
        new()
        {
            [Field.EventName] = ["event"],
            [Field.Currency] = ["properties.currency"],
            [Field.OrderId] = ["properties.order_id", "properties.orderId"],
            [Field.Products] = ["properties.products"],
            [Field.Contents] = ["properties.contents"],
            [Field.ContentIds] = ["properties.content_ids"],
            [Field.ProductId] = ["properties.product_id", "properties.productId"],
            [Field.Category] = ["properties.category"],
            [Field.Properties] = ["properties"],

            [Field.Email] = ["context.traits.email", "traits.email", "properties.email"],
            [Field.Emails] = Traits("emails"),
            [Field.Phone] = ["context.traits.phone", "traits.phone"],
            [Field.Phones] = Traits("phones"),
            [Field.Gender] = ["context.traits.gender", "traits.gender"],
            [Field.FirstName] = Traits("firstName", "first_name", "firstname"),
            [Field.LastName] = Traits("lastName", "last_name", "lastname"),
            [Field.Name] = Traits("name"),
            [Field.City] = Traits("address.city", "city"),
            [Field.State] = Traits("address.state", "state"),
            [Field.Zip] = Traits(
                "address.postalCode",
                "address.postal_code",
                "address.zip",
                "postalCode",
                "postal_code",
                "zip"
            ),
            [Field.Country] = Traits("address.country", "country"),
            [Field.ExternalId] = ["userId"],

            [Field.MobileAdvertiserId] = ["context.device.advertisingId"],
            [Field.AdTrackingEnabled] = ["context.device.adTrackingEnabled"],
            [Field.AdTrackingStatus] = ["context.device.trackingStatus"],

            // Sent in the Conversions API.
            [Field.ClientIpAddress] = ["context.ip"],
            [Field.ClientUserAgent] = ["context.userAgent", "context.user_agent"],
            [Field.EventSourceUrl] = ["context.page.url"],
            [Field.ClickId] = ["properties.fbc", "context.fbc"],
            [Field.BrowserId] = ["properties.fbp", "context.fbp"],

            // The message.
            [Field.EventId] = ["messageId"],
            [Field.Type] = ["type"],
            [Field.SentAt] = ["sentAt"],
            [Field.ReceivedAt] = ["receivedAt"],
            [Field.OriginalTimestamp] = ["originalTimestamp", "timestamp"],
            [Field.EventTime] = ["timestamp"],
            [Field.Integrations] = ["integrations"],
            [Field.Context] = ["context"],
            [Field.Device] = ["context.device"],
        };

    /// <summary>
    /// The value's table: Order Completed always uses revenue, the others the Value Field Identifier.
    /// </summary>
    public static IReadOnlyList<string> Value(string eventName, SegmentValueField identifier) =>
        (eventName, identifier) switch
        {
            (SegmentEventNames.OrderCompleted, _) => ["revenue", "total"],
            (_, SegmentValueField.Price) => ["price"],
            _ => ["value"],
        };

    /// <summary>A product of the products list.</summary>
    public static FieldTable Product { get; } =
        new()
        {
            [Field.ProductId] = ["product_id", "productId", "id", "sku"],
            [Field.Quantity] = ["quantity"],
            [Field.Price] = ["price"],
            [Field.Brand] = ["brand"],
            [Field.ProductCategory] = ["category"],
        };

    /// <summary>
    /// The product that the properties of another event describe. Their <c>id</c> can be anything's.
    /// </summary>
    public static FieldTable SingleProduct { get; } = Product.With(Field.ProductId, ["product_id", "productId", "sku"]);

    private static string[] Traits(params ReadOnlySpan<string> names)
    {
        var paths = new List<string>();
        foreach (var root in (ReadOnlySpan<string>)["context.traits.", "traits."])
        {
            foreach (var name in names)
            {
                paths.Add(root + name);
            }
        }

        return [.. paths];
    }
}
