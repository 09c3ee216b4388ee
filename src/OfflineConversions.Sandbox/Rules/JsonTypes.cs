using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>The JSON types that a parameter may have. Integers and fractions are both JSON numbers.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    String = 1,
    Integer = 2,
    Fraction = 4,
    Number = Integer | Fraction,
    Boolean = 8,
    Array = 16,
    Object = 32,
}

internal static class JsonTypesExtensions
{
    public static bool Allow(this JsonTypes types, JsonElement value) => (types & TypeOf(value)) != JsonTypes.None;

    private static JsonTypes TypeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => JsonTypes.String,
            JsonValueKind.Number => value.TryGetInt64(out _) ? JsonTypes.Integer : JsonTypes.Fraction,
            JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
            JsonValueKind.Array => JsonTypes.Array,
            JsonValueKind.Object => JsonTypes.Object,
            _ => JsonTypes.None,
        };
}
