using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>
/// The connector's three steps, each of which overwrites the previous one: copy the event's own properties, map the
/// standard ones, apply the overrides.
/// </summary>
internal sealed class CommandersActCustomData
{
    private static readonly CompiledTable ItemTable = new(CommandersActFields.Item);

    private static readonly FrozenSet<string> NotCopied = FrozenSet.Create(
        StringComparer.Ordinal,
        "event_name",
        "user",
        "context",
        "integrations",
        "items",
        "type",
        "source_key",
        "tc_s",
        "token",
        "event_id",
        "event_timestamp",
        "consent_categories"
    );

    /// <summary>Reads the properties of an event.</summary>
    public CommandersActCustomData(
        JsonElement properties,
        FieldValues fields,
        MappingOptions options,
        Warnings warnings
    )
    {
        var settings = options.Of<CommandersActOptions>();
        ContentType = string.IsNullOrWhiteSpace(settings.ContentType) ? null : settings.ContentType;
        if (settings.CopyEventProperties)
        {
            CopyProperties(properties);
            ContentType = JsonText.Of(JsonText.Member(properties, "content_type")) ?? ContentType;
        }

        MapStandard(fields, options, warnings);
        Override(JsonText.Member(fields.Element(Field.Overrides), "custom_data"), warnings);
    }

    /// <summary>The value, if the event has one.</summary>
    public Number? Value { get; private set; }

    /// <summary>The currency that the event or the connection names.</summary>
    public string? Currency { get; private set; }

    /// <summary>The content type.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Product ids, which only an override names.</summary>
    public string[] ContentIds { get; private set; } = [];

    /// <summary>The products.</summary>
    public List<Content> Contents { get; private set; } = [];

    /// <summary>Everything else.</summary>
    public CustomData Rest { get; } = new();

    private void CopyProperties(JsonElement properties)
    {
        foreach (var property in properties.EnumerateObject())
        {
            var isScalar =
                property.Value.ValueKind
                is JsonValueKind.String
                    or JsonValueKind.Number
                    or JsonValueKind.True
                    or JsonValueKind.False;
            if (isScalar && JsonText.NameOf(property) is { } name && !NotCopied.Contains(name))
            {
                Rest.Set(name, property.Value);
            }
        }
    }

    private void MapStandard(FieldValues fields, MappingOptions options, Warnings warnings)
    {
        var items = fields.Element(Field.Products);
        Value = fields.Number(Field.Value, warnings);
        Currency = fields.Text(Field.Currency) ?? options.DefaultCurrency;
        Contents = Products.Read(items, ItemTable, warnings);
        Rest.Remove("value");
        Rest.Remove("currency");
        Rest.Remove("content_type");
        Rest.Set("content_name", fields.Text(Field.ContentName) ?? FirstOfItems(items, Field.ProductName));
        Rest.Set("content_category", fields.Text(Field.Category) ?? FirstOfItems(items, Field.Category));
        Rest.Set("status", fields.Text(Field.Status));
    }

    private static string? FirstOfItems(JsonElement items, Field field) =>
        items.ValueKind == JsonValueKind.Array
            ? items
                .EnumerateArray()
                .Select(item => ItemTable.Read(item).Text(field))
                .FirstOrDefault(text => text is not null)
            : null;

    private void Override(JsonElement customData, Warnings warnings)
    {
        if (customData.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in customData.EnumerateObject())
        {
            switch (JsonText.NameOf(property))
            {
                case null:
                    break;
                case var _ when JsonText.IsEmpty(property.Value):
                    break;
                case "value":
                    Value = Number.Read(property.Value) ?? Value;
                    break;
                case "currency":
                    Currency = JsonText.Of(property.Value) ?? Currency;
                    break;
                case "content_type":
                    ContentType = JsonText.Of(property.Value) ?? ContentType;
                    break;
                case "content_ids":
                    ContentIds = JsonText.All(property.Value).ToArray();
                    break;
                case "contents":
                    Contents = Products.Read(property.Value, MetaContentTable, warnings);
                    break;
                case var name:
                    Rest.Set(name, property.Value);
                    break;
            }
        }
    }

    // An override uses Meta's own names.
    private static readonly CompiledTable MetaContentTable = new(
        new FieldTable
        {
            [Field.ProductId] = ["id"],
            [Field.Quantity] = ["quantity"],
            [Field.Price] = ["item_price", "price"],
            [Field.Brand] = ["brand"],
            [Field.ProductCategory] = ["category"],
        }
    );
}
