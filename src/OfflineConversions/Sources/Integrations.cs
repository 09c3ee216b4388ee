using System.Text;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// The <c>integrations</c> object of Segment, RudderStack and Commanders Act: which destinations an event is for, and
/// options for each. A destination's key is found in any spelling (<c>Facebook Offline Conversions</c>,
/// <c>facebookOfflineConversions</c>, …).
/// </summary>
internal static class Integrations
{
    private static readonly Key OurKey = new("Facebook Offline Conversions", "facebookofflineconversions");
    private static readonly Key ShortKey = new("facebook", "facebook");
    private static readonly Key AllKey = new("All", "all");

    /// <summary>What the object says about Facebook Offline Conversions; undefined where it says nothing.</summary>
    public static JsonPart Ours(JsonPart integrations) => Named(integrations, OurKey);

    /// <summary>What the object says about Facebook, which is where Commanders Act has Meta's own fields.</summary>
    public static JsonPart Facebook(JsonPart integrations) => Named(integrations, ShortKey);

    /// <summary>Whether the object has a name that begins as both of these keys do, in any spelling.</summary>
    public static bool AnyFacebook(JsonPart integrations)
    {
        if (integrations.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in integrations.EnumerateObject())
            {
                if (property.IsEscaped || Is(property.RawName, ShortKey.Letters, isWhole: false))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the event is not for this destination: our key is false, or All is false and our key is absent.
    /// </summary>
    public static bool Disable(JsonPart integrations) => Disable(Ours(integrations), All(integrations));

    /// <summary>The same from its two parts.</summary>
    public static bool Disable(JsonPart ours, JsonPart all) =>
        ours.ValueKind == JsonValueKind.False
        || (ours.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null && all.ValueKind == JsonValueKind.False);

    /// <summary>What the object says about all destinations that it does not name, in any case.</summary>
    public static JsonPart All(JsonPart integrations) => Named(integrations, AllKey);

    /// <summary>The member with the key's own spelling, else the last with another one.</summary>
    private static JsonPart Named(JsonPart integrations, Key key)
    {
        var found = default(JsonPart);
        if (integrations.ValueKind == JsonValueKind.Object)
        {
            var isExact = false;
            foreach (var property in integrations.EnumerateObject())
            {
                if (Is(property, key.Letters) && (JsonText.IsNamed(property, key.Spelling) || !isExact))
                {
                    isExact = JsonText.IsNamed(property, key.Spelling);
                    found = property.Value;
                }
            }
        }

        return found;
    }

    // Compared as bytes: the context of an event has many members, and a text for each name would be waste.
    private static bool Is(JsonMember property, string key)
    {
        var raw = property.RawName;
        return raw.Contains((byte)'\\')
            ? JsonText.NameOf(property) is { } name && Is(Encoding.UTF8.GetBytes(name), key)
            : Is(raw, key);
    }

    private static bool Is(ReadOnlySpan<byte> name, string key, bool isWhole = true)
    {
        // Blanks and dashes may be added, but no letter may be missing.
        if (name.Length < key.Length)
        {
            return false;
        }

        var matched = 0;
        foreach (var character in name)
        {
            if (character is (byte)' ' or (byte)'_' or (byte)'-')
            {
                continue;
            }

            if (matched == key.Length)
            {
                return !isWhole;
            }

            if (char.ToLowerInvariant((char)character) != key[matched++])
            {
                return false;
            }
        }

        return matched == key.Length;
    }

    /// <summary>A destination's name as its vendor spells it, and its letters in lower case.</summary>
    private readonly record struct Key(string Spelling, string Letters);
}
