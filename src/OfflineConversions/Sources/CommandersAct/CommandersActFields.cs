using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>
/// Commanders Act's mappings, row by row. Source: Commanders Act, "Facebook Conversions API", user_data and
/// custom_data. Any <c>user.p</c> may come hashed as <c>user.p_sha256</c>.
/// </summary>
internal static class CommandersActFields
{
    /// <summary>Today's form of an event.</summary>
    public static FieldTable Event { get; } =
        new()
        {
            [Field.EventName] = ["event_name"],
            [Field.ExternalId] = User("id"),
            [Field.Email] = User("email"),
            [Field.Phone] = User("phone"),
            [Field.Gender] = User("gender"),
            [Field.Birthdate] = User("birthdate"),
            [Field.LastName] = User("lastname"),
            [Field.FirstName] = User("firstname"),
            [Field.City] = User("city"),
            [Field.State] = User("state"),
            [Field.Zip] = User("zipcode"),
            [Field.Country] = User("country"),
            [Field.ClientIpAddress] = ["context.device.ip"],
            [Field.ClientUserAgent] = ["context.device.user_agent"],
            [Field.Cookies] = ["context.device.cookie", "context.cookie", "device.cookie"],

            [Field.Value] = ["value"],
            [Field.Currency] = ["currency"],
            [Field.Products] = ["items"],
            [Field.Contents] = ["contents"],
            [Field.ContentIds] = ["content_ids"],
            [Field.ContentName] = ["name"],
            [Field.Category] = ["category"],
            [Field.Status] = ["status"],

            // What the page describes in prose and samples.
            [Field.EventId] = ["integrations.facebook.event_id", "event_id", "context.event_id"],
            [Field.EventTime] = ["context.event_timestamp", "event_timestamp"],
            [Field.ActionSource] = ["integrations.facebook.action_source"],
            [Field.Type] = ["type"],
            [Field.EventSourceUrl] = ["context.page.url", "context.page.location.href", "context.page.location", "url"],
            [Field.Consent] = ["user.consent_categories", "consent_categories"],
            [Field.Overrides] = ["integrations"],
            [Field.Context] = ["context"],
        };

    /// <summary>
    /// The deprecated 1.0 form: the event's properties are under <c>properties</c>, what is now under <c>context</c> is
    /// at the root, and <c>integrations</c> is in either place.
    /// </summary>
    public static FieldTable EventOfVersion1 { get; } =
        Event.Rewrite(path =>
            path switch
            {
                "event_name" or "context" => [path],
                "integrations" => [path, "properties." + path],
                _ when path.StartsWith("integrations.", StringComparison.Ordinal) => [path, "properties." + path],
                _ when path.StartsWith("context.", StringComparison.Ordinal) => [path["context.".Length..]],
                _ => ["properties." + path],
            }
        );

    /// <summary>One item.</summary>
    public static FieldTable Item { get; } =
        new()
        {
            [Field.ProductId] = ["product.id", "id"],
            [Field.Quantity] = ["quantity", "item_quantity"],
            [Field.Price] = ["product.price", "price"],
            [Field.ProductName] = ["product.name"],
            [Field.Category] =
            [
                "product.category_1",
                "product.category_2",
                "product.category_3",
                "product.category_4",
                "product.category_5",
            ],
        };

    private static string[] User(string property) => [$"user.{property}", $"user.{property}_sha256"];
}
