using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// The three forms in which Segment, RudderStack and Commanders Act post events: one, a list, or <c>{"batch":[…]}</c>.
/// </summary>
internal static class PostedBody
{
    // Most posts are one event.
    private static bool IsOne(JsonPart body) =>
        body.ValueKind == JsonValueKind.Object && JsonText.Member(body, "batch").ValueKind != JsonValueKind.Array;

    /// <summary>What is wrong with a body that has none of the three forms, or <see langword="null"/>.</summary>
    public static string? Refuse(JsonPart body)
    {
        if (body.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return "The body must be a JSON object or an array of objects.";
        }

        var batch = JsonText.Member(body, "batch");
        return batch.ValueKind is JsonValueKind.Undefined or JsonValueKind.Array ? null : "\"batch\" must be an array.";
    }

    /// <summary>How much work it is.</summary>
    public static BodySize Measure(JsonPart body)
    {
        var list = body.ValueKind == JsonValueKind.Array ? body : JsonText.Member(body, "batch");
        return list.ValueKind == JsonValueKind.Array
            ? BodySize.Of(list.GetArrayLength(), list.Utf8.Length, body.Utf8.Length)
            : new BodySize(1, body.Utf8.Length);
    }

    /// <summary>The same, where the mapping needs the receipt.</summary>
    public static IEnumerable<MappedEvent> Map(
        JsonPart body,
        Receipt receipt,
        Func<JsonPart, Receipt, MappedEvent> map
    ) => IsOne(body) ? [map(body, receipt)] : MapEach(body, receipt, map);

    private static IEnumerable<MappedEvent> MapEach(
        JsonPart body,
        Receipt receipt,
        Func<JsonPart, Receipt, MappedEvent> map
    ) => Map(body, message => map(message, receipt));

    /// <summary>Maps its events in order. What a table has read is forgotten after each.</summary>
    public static IEnumerable<MappedEvent> Map(JsonPart body, Func<JsonPart, MappedEvent> map)
    {
        var list = body.ValueKind == JsonValueKind.Array ? body : JsonText.Member(body, "batch");
        if (list.ValueKind != JsonValueKind.Array)
        {
            yield return map(body);
            yield break;
        }

        var mark = body.Tree.Scratch.Count;
        foreach (var message in list.EnumerateArray())
        {
            yield return map(message);
            body.Tree.Scratch.GoBack(mark);
        }
    }
}
