using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The type of one of Meta's own fields. Meta refuses an event for a field of the wrong type, so a value is converted
/// where that is safe, and left out otherwise.
/// </summary>
/// <param name="read">
/// The value in Meta's type, or <see langword="null"/> if it has another type. Sets the flag if a part was left out.
/// </param>
internal sealed class FieldType(FieldType.Reader read)
{
    /// <summary>A text; numbers and booleans are written as text.</summary>
    public static readonly FieldType Text = new((value, _, ref _) => JsonText.Of(value));

    /// <summary>A number without a fraction.</summary>
    public static readonly FieldType Integer = new(
        (value, _, ref _) =>
            Number.Read(value)?.ToDecimal() is { } number
            && decimal.IsInteger(number)
            && number is >= long.MinValue and <= long.MaxValue
                ? JsonValue.Create((long)number)
                : null
    );

    /// <summary>A number.</summary>
    public static readonly FieldType Decimal = new(
        (value, _, ref _) => MoneyText.Read(value) is { } number ? JsonNode.Parse(number.Text) : null
    );

    /// <summary>A share between 0 and 1.</summary>
    public static readonly FieldType Share = new(
        (value, _, ref _) =>
            Number.Read(value) is { } number && number.ToDecimal() is >= 0 and <= 1 ? JsonNode.Parse(number.Text) : null
    );

    /// <summary>Yes or no.</summary>
    public static readonly FieldType Boolean = new(
        (value, _, ref _) => IsTrue(value) is { } isTrue ? JsonValue.Create(isTrue) : null
    );

    /// <summary>Yes or no; Meta's page writes 1 and 0, its libraries true and false.</summary>
    public static readonly FieldType Flag = new(
        (value, _, ref _) =>
            IsTrue(value) is not { } isTrue ? null
            : value.ValueKind == JsonValueKind.Number ? JsonValue.Create(isTrue ? 1 : 0)
            : JsonValue.Create(isTrue)
    );

    /// <summary>A time in Unix seconds.</summary>
    public static readonly FieldType Time = new(
        (value, dates, ref _) =>
            Times.Read(value, dates) is { } time ? JsonValue.Create(time.ToUnixTimeSeconds()) : null
    );

    /// <summary>A list of texts.</summary>
    public static readonly FieldType Texts = new(
        (value, _, ref _) =>
            JsonText.All(NestedJson.Of(value)).Select(text => (JsonNode)text).ToArray() is { Length: > 0 } texts
                ? new JsonArray(texts)
                : null
    );

    internal delegate JsonNode? Reader(JsonPart value, DateOrder dates, ref bool isIncomplete);

    /// <summary>One of some words, in any case.</summary>
    public static FieldType OneOf(params string[] words) =>
        new(
            (value, _, ref _) =>
                JsonText.Of(value) is { } text
                    ? Array.Find(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    : null
        );

    /// <summary>An object with members of these names and types; others are left out.</summary>
    public static FieldType Object(IReadOnlyDictionary<string, FieldType> members) =>
        new((value, dates, ref isIncomplete) => ReadObject(NestedJson.Of(value), members, dates, ref isIncomplete));

    /// <summary>The value in Meta's type, or <see langword="null"/> if it has another type.</summary>
    /// <param name="value">The value as it arrived.</param>
    /// <param name="dates">The order of day and month in a time that is text.</param>
    /// <param name="isIncomplete">Whether all or a part of it was left out.</param>
    public JsonPart? Read(JsonPart value, DateOrder dates, out bool isIncomplete)
    {
        isIncomplete = false;
        if (read(value, dates, ref isIncomplete) is not { } node)
        {
            isIncomplete = true;
            return null;
        }

        return JsonTree.Parse(node.ToJsonString()).Root;
    }

    private static JsonObject? ReadObject(
        JsonPart value,
        IReadOnlyDictionary<string, FieldType> members,
        DateOrder dates,
        ref bool isIncomplete
    )
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var result = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (JsonText.IsEmpty(member.Value))
            {
                continue;
            }

            var type = JsonText.NameOf(member) is { } name ? members.GetValueOrDefault(name) : null;
            if (type?.ReadNode(member.Value, dates, ref isIncomplete) is { } node)
            {
                result[member.Name] = node;
            }
            else
            {
                isIncomplete = true;
            }
        }

        return result.Count > 0 ? result : null;
    }

    private JsonNode? ReadNode(JsonPart value, DateOrder dates, ref bool isIncomplete) =>
        read(value, dates, ref isIncomplete);

    private static bool? IsTrue(JsonPart value) =>
        JsonText.Of(value)?.ToUpperInvariant() switch
        {
            "TRUE" or "1" => true,
            "FALSE" or "0" => false,
            _ => null,
        };
}
