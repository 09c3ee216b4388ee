using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.MParticle;

/// <summary>
/// mParticle's mappings, row by row. Source: mParticle, "Facebook Offline Conversions", Data mapping; names of "JSON
/// Reference".
/// </summary>
internal static class MParticleFields
{
    /// <summary>One event of the batch.</summary>
    public static FieldTable Event { get; } =
        new()
        {
            [Field.Type] = ["event_type"],
            [Field.EventName] = ["data.product_action.action"],
            [Field.EventTime] = ["data.timestamp_unixtime_ms"],
            [Field.Products] = ["data.product_action.products"],
            [Field.Value] = ["data.product_action.total_amount"],
            [Field.Properties] = ["data.custom_attributes"],
            [Field.Contents] = ["data.custom_attributes.contents"],
            [Field.ContentIds] = ["data.custom_attributes.content_ids"],
            [Field.Currency] = ["data.currency_code"],
            [Field.OrderId] = ["data.product_action.transaction_id"],
            [Field.EventId] = ["data.source_message_id", "data.event_id"],
            [Field.Overrides] = ["data.custom_flags"],
        };

    /// <summary>A product of the products array.</summary>
    public static FieldTable Product { get; } =
        new()
        {
            [Field.ProductId] = ["id"],
            [Field.Quantity] = ["quantity"],
            [Field.Price] = ["price"],
            [Field.Brand] = ["brand"],
            [Field.ProductCategory] = ["category"],
        };

    /// <summary>The reserved user attributes; their case differs between mParticle's SDKs and its server API.</summary>
    public static FieldTable Attributes { get; } =
        new()
        {
            [Field.Gender] = ["$gender"],
            [Field.FirstName] = ["$firstname"],
            [Field.LastName] = ["$lastname"],
            [Field.City] = ["$city"],
            [Field.Country] = ["$country"],

            // The state is needed for limited data use. These three are match keys only with AdditionalMatchKeys.
            [Field.State] = ["$state"],
            [Field.Zip] = ["$zip"],
            [Field.Phone] = ["$mobile"],
        };
}
