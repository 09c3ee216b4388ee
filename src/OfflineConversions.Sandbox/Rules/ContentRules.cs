using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>The items of a sale. Source: Meta, "Standard Parameters" (custom data), <c>contents</c>.</summary>
internal static class ContentRules
{
    public static readonly Rule ContentWithoutId = new(
        "content_without_id",
        2804008,
        "Missing Content ID",
        "Every item of contents needs an id."
    );
    public static readonly Rule BadContent = Rule.General(
        "bad_content",
        "An item of contents is not a JSON object, or its quantity or price is not a number."
    );
    public static readonly Rule UnexpectedContentKey = Rule.General(
        "unexpected_content_key",
        "An item of contents has a key that Meta does not document."
    );
    public static readonly Rule BadContentIds = Rule.General(
        "bad_content_ids",
        "The content_ids must be an array of strings."
    );

    /// <summary>Meta's page for offline events calls item_price price.</summary>
    private static readonly FrozenSet<string> ItemKeys = FrozenSet.Create(
        StringComparer.Ordinal,
        "id",
        "quantity",
        "item_price",
        "price",
        "title",
        "description",
        "brand",
        "category",
        "delivery_category"
    );

    public static Violation? Check(EventCheck check)
    {
        var legacy = check.Shape == EventShape.OfflineEvents;
        if (
            check.Has(check.Amounts, "content_ids", out var ids)
            && (
                ids.ValueKind != JsonValueKind.Array
                || ids.EnumerateArray().Any(id => id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
            )
        )
        {
            return BadContentIds.At("content_ids");
        }

        if (!check.Has(check.Amounts, "contents", out var contents))
        {
            return null;
        }

        if (contents.ValueKind != JsonValueKind.Array)
        {
            return EventRules.WrongType.At("contents");
        }

        foreach (var (index, item) in contents.EnumerateArray().Index())
        {
            var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"contents[{index}]");
            if (
                item.ValueKind != JsonValueKind.Object
                || BadNumber(check, item, "quantity")
                || BadNumber(check, item, legacy ? "price" : "item_price")
            )
            {
                return BadContent.At(path);
            }

            if (
                !check.Has(item, "id", out var id) || id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)
            )
            {
                return ContentWithoutId.At(path + ".id");
            }

            if (!legacy && Unexpected(item) is { } key)
            {
                return UnexpectedContentKey.At($"{path}.{key}");
            }

            var otherName = legacy ? "item_price" : "price";
            if (item.TryGetProperty(otherName, out _))
            {
                check.Note(
                    $"{path}.{otherName}",
                    legacy ? "is the Conversions API's name for price" : "is the legacy API's name for item_price"
                );
            }
        }

        return null;
    }

    private static string? Unexpected(JsonElement item) =>
        item.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !ItemKeys.Contains(name));

    private static bool BadNumber(EventCheck check, JsonElement item, string name) =>
        check.Has(item, name, out var value) && !AmountRules.IsAmount(value);
}
