using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>The JSON types a member may have.</summary>
[Flags]
internal enum Kinds
{
    None = 0,
    Text = 1,
    Whole = 2,
    Fraction = 4,
    Number = Whole | Fraction,
    Flag = 8,
    List = 16,
    Group = 32,
}

internal static class KindsOfJson
{
    public static bool Allow(this Kinds kinds, JsonElement value) => (kinds & KindOf(value)) != Kinds.None;

    private static Kinds KindOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => Kinds.Text,
            JsonValueKind.Number => value.TryGetInt64(out _) ? Kinds.Whole : Kinds.Fraction,
            JsonValueKind.True or JsonValueKind.False => Kinds.Flag,
            JsonValueKind.Array => Kinds.List,
            JsonValueKind.Object => Kinds.Group,
            _ => Kinds.None,
        };
}
