using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>
/// RudderStack's property mappings, row by row. Source: RudderStack, "Facebook Offline Conversions", Property mappings.
/// Rows that differ from the page say why.
/// </summary>
internal static class RudderStackFields
{
    /// <summary>The event's table, with the connection's Value Field Identifier in front of the value's row.</summary>
    public static FieldTable Event(string valueFieldIdentifier) =>
        new()
        {
            [Field.ExternalId] =
            [
                "userId",
                "traits.userId",
                "traits.id",
                "context.traits.userId",
                "context.traits.id",
                "anonymousId",
            ],

            // The page names originalTimestamp first, but the SDKs set that to the moment of the call: back-dated sales
            // would be lost.
            [Field.EventTime] = ["timestamp", "originalTimestamp"],
            [Field.EventName] = ["event"],
            [Field.Currency] = ["properties.currency"],
            [Field.Value] =
            [
                valueFieldIdentifier,
                "properties.total",
                "properties.price",
                "properties.value",
                "properties.revenue",
            ],
            [Field.UploadTag] = ["properties.upload_tag"],
            [Field.ItemNumber] = ["properties.item_number"],
            [Field.OrderId] = ["properties.order_id", "properties.orderId"],
            [Field.Properties] = ["properties"],
            [Field.Products] = ["properties.products"],
            [Field.Contents] = ["properties.contents"],
            [Field.ContentIds] = ["properties.content_ids"],

            // The page maps the first entry of context.externalId to the e-mail; it is one only if it has an at sign.
            [Field.Email] = ["traits.email", "context.traits.email", "properties.email"],
            [Field.ExternalIds] = ["context.externalId"],
            [Field.Phone] = ["traits.phone", "context.traits.phone", "properties.phone"],
            [Field.Gender] = ["traits.gender", "context.traits.gender"],
            [Field.Birthdate] =
            [
                "traits.birthday",
                "context.traits.birthday",
                "traits.dateOfBirth",
                "context.traits.dateOfBirth",
                "traits.dateofbirth",
                "context.dateofbirth",
                "traits.dob",
                "context.traits.dob",
                "traits.DOB",
                "context.traits.DOB",
            ],
            [Field.FirstName] =
            [
                "traits.firstName",
                "traits.firstname",
                "traits.first_name",
                "context.traits.firstName",
                "context.traits.firstname",
                "context.traits.first_name",
            ],
            [Field.LastName] =
            [
                "traits.lastName",
                "traits.lastname",
                "traits.last_name",
                "context.traits.lastName",
                "context.traits.lastname",
                "context.traits.last_name",
            ],
            [Field.Name] = ["traits.name", "context.traits.name"],
            [Field.City] = ["traits.address.city", "context.traits.address.city"],

            // address.state, country and postalCode are in the page's own sample, not in its table; address.zip is in
            // RudderStack's own events.
            [Field.State] =
            [
                "traits.state",
                "context.traits.state",
                "traits.address.state",
                "context.traits.address.state",
            ],
            [Field.Zip] =
            [
                "traits.zip",
                "traits.zipcode",
                "traits.zip_code",
                "traits.zipCode",
                "traits.postalcode",
                "traits.postal_code",
                "traits.postalCode",
                "traits.address.zipcode",
                "traits.address.zip_code",
                "traits.address.zip",
                "traits.address.zipCode",
                "traits.address.postalcode",
                "traits.address.postal_code",
                "traits.address.postalCode",
                "context.traits.zip",
                "context.traits.zipcode",
                "context.traits.zip_code",
                "context.traits.zipCode",
                "context.traits.postalcode",
                "context.traits.postal_code",
                "context.traits.postalCode",
                "context.traits.address.zipcode",
                "context.traits.address.zip_code",
                "context.traits.address.zip",
                "context.traits.address.zipCode",
                "context.traits.address.postalcode",
                "context.traits.address.postal_code",
                "context.traits.address.postalCode",
            ],
            [Field.Country] =
            [
                "traits.country",
                "context.traits.country",
                "traits.address.country",
                "context.traits.address.country",
            ],
            [Field.MobileAdvertiserId] = ["context.device.advertisingId"],
            [Field.AdTrackingEnabled] = ["context.device.adTrackingEnabled"],
            [Field.AdTrackingStatus] = ["context.device.attTrackingStatus"],
            [Field.ClientUserAgent] = ["context.userAgent"],
            [Field.ClientIpAddress] = ["context.ip"],
            [Field.ActionSource] = ["traits.action_source", "context.traits.action_source", "properties.action_source"],
            [Field.EventSourceUrl] = ["context.page.url", "properties.url"],
            [Field.ClickId] = ["context.fbc", "properties.fbc"],
            [Field.BrowserId] = ["context.fbp", "properties.fbp"],

            // What the page describes in prose.
            [Field.EventId] = ["messageId"],
            [Field.Type] = ["type"],
            [Field.Category] = ["properties.category", "properties.products.0.category"],
            [Field.Integrations] = ["integrations"],
            [Field.Context] = ["context"],
            [Field.Device] = ["context.device"],
            [Field.DataProcessingOptions] = ["context.dataProcessingOptions"],
        };

    /// <summary>The properties of each product that the vendor sends.</summary>
    public static FieldTable Product { get; } =
        new()
        {
            [Field.ProductId] = ["product_id", "id", "sku"],
            [Field.Quantity] = ["quantity"],
            [Field.Price] = ["price"],
            [Field.Brand] = ["brand"],
            [Field.ProductCategory] = ["category"],
        };
}
