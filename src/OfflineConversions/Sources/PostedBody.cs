using System.Runtime.InteropServices;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// The three forms in which Segment, RudderStack and Commanders Act post events: one, a list, or <c>{"batch":[…]}</c>.
/// </summary>
internal static class PostedBody
{
    /// <summary>What is wrong with a body that has none of the three forms, or <see langword="null"/>.</summary>
    public static string? Refuse(JsonElement body)
    {
        if (body.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return "The body must be a JSON object or an array of objects.";
        }

        var batch = JsonText.Member(body, "batch");
        return batch.ValueKind is JsonValueKind.Undefined or JsonValueKind.Array ? null : "\"batch\" must be an array.";
    }

    /// <summary>How much work it is.</summary>
    public static BodySize Measure(JsonElement body)
    {
        var list = body.ValueKind == JsonValueKind.Array ? body : JsonText.Member(body, "batch");
        return list.ValueKind == JsonValueKind.Array
            ? BodySize.Of(
                list.GetArrayLength(),
                JsonMarshal.GetRawUtf8Value(list).Length,
                JsonMarshal.GetRawUtf8Value(body).Length
            )
            : new BodySize(1, JsonMarshal.GetRawUtf8Value(body).Length);
    }

    /// <summary>Its events in order.</summary>
    public static IEnumerable<JsonElement> Events(JsonElement body)
    {
        var list = body.ValueKind == JsonValueKind.Array ? body : JsonText.Member(body, "batch");
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [body];
    }
}
