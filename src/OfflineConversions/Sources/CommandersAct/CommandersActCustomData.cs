using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>
/// The connector's three steps: copy the event's own properties, map the standard ones over them, then the overrides
/// over all.
/// </summary>
public static class CommandersActCustomData
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

    /// <summary>Fills custom data, value, currency and contents.</summary>
    public static void Fill(
        ConversionEvent conversion,
        JsonElement properties,
        FieldValues fields,
        MappingOptions options,
        Warnings warnings
    )
    {
        var settings = options.Of<CommandersActOptions>();
        conversion.ContentType = string.IsNullOrWhiteSpace(settings.ContentType) ? null : settings.ContentType;
        if (settings.CopyEventProperties)
        {
            CopyProperties(properties, conversion.CustomData);
            conversion.ContentType = JsonText.Of(JsonText.Member(properties, "content_type")) ?? conversion.ContentType;
        }

        MapStandard(conversion, fields, options, warnings);
        Override(conversion, JsonText.Member(fields.Element(Field.Overrides), "custom_data"), warnings);
    }

    private static void CopyProperties(JsonElement properties, CustomData customData)
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
                customData.Set(name, property.Value);
            }
        }
    }

    private static void MapStandard(
        ConversionEvent conversion,
        FieldValues fields,
        MappingOptions options,
        Warnings warnings
    )
    {
        var items = fields.Element(Field.Products);
        conversion.Value = fields.Number(Field.Value, warnings);
        conversion.Currency = fields.Text(Field.Currency) ?? options.DefaultCurrency;
        conversion.Contents = Products.Read(items, ItemTable, warnings);
        conversion.CustomData.Remove("value");
        conversion.CustomData.Remove("currency");
        conversion.CustomData.Remove("content_type");
        conversion.CustomData.Set(
            "content_name",
            fields.Text(Field.ContentName) ?? FirstOfItems(items, Field.ProductName)
        );
        conversion.CustomData.Set(
            "content_category",
            fields.Text(Field.Category) ?? FirstOfItems(items, Field.Category)
        );
        conversion.CustomData.Set("status", fields.Text(Field.Status));
    }

    private static string? FirstOfItems(JsonElement items, Field field) =>
        items.ValueKind == JsonValueKind.Array
            ? items
                .EnumerateArray()
                .Select(item => ItemTable.Read(item).Text(field))
                .FirstOrDefault(text => text is not null)
            : null;

    private static void Override(ConversionEvent conversion, JsonElement customData, Warnings warnings)
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
                    conversion.Value = Number.Read(property.Value) ?? conversion.Value;
                    break;
                case "currency":
                    conversion.Currency = JsonText.Of(property.Value) ?? conversion.Currency;
                    break;
                case "content_type":
                    conversion.ContentType = JsonText.Of(property.Value) ?? conversion.ContentType;
                    break;
                case "content_ids":
                    conversion.ContentIds = JsonText.All(property.Value).ToArray();
                    break;
                case "contents":
                    conversion.Contents = Products.Read(property.Value, MetaContentTable, warnings);
                    break;
                case var name:
                    conversion.CustomData.Set(name, property.Value);
                    break;
            }
        }
    }

    // An override is written in Meta's own words.
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
