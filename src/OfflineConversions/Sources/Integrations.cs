using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// The <c>integrations</c> object of Segment and RudderStack: which destinations an event is for, and options for each.
/// A destination's key is found in any spelling (<c>Facebook Offline Conversions</c>,
/// <c>facebookOfflineConversions</c>, …).
/// </summary>
internal static class Integrations
{
    private const string OurKey = "facebookofflineconversions";

    /// <summary>The value for Facebook Offline Conversions; undefined if there is none.</summary>
    public static JsonElement Ours(JsonElement integrations)
    {
        var found = default(JsonElement);
        if (integrations.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in integrations.EnumerateObject())
            {
                if (JsonText.NameOf(property) is { } name && IsOurs(name))
                {
                    found = property.Value;
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Whether the event is not for this destination: our key is false, or All is false and our key is absent.
    /// </summary>
    public static bool Disable(JsonElement integrations) => Disable(Ours(integrations), All(integrations));

    /// <summary>The same from its two parts.</summary>
    public static bool Disable(JsonElement ours, JsonElement all) =>
        ours.ValueKind == JsonValueKind.False
        || (ours.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null && all.ValueKind == JsonValueKind.False);

    /// <summary>The value for all destinations that the object does not name.</summary>
    public static JsonElement All(JsonElement integrations) => JsonText.Member(integrations, "All");

    private static bool IsOurs(string name)
    {
        var matched = 0;
        foreach (var character in name)
        {
            if (character is ' ' or '_' or '-')
            {
                continue;
            }

            if (matched == OurKey.Length || char.ToLowerInvariant(character) != OurKey[matched++])
            {
                return false;
            }
        }

        return matched == OurKey.Length;
    }
}
