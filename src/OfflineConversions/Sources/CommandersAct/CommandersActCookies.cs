using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>The click and browser ids that Meta's pixel keeps in cookies.</summary>
internal static class CommandersActCookies
{
    /// <summary>Adds the ids of the first place that has them: the text of a Cookie header, or an object.</summary>
    public static void AddTo(MatchKeys keys, FieldValues fields)
    {
        var places = Enumerable
            .Range(0, CommandersActFields.Event[Field.Cookies].Count)
            .Select(place => fields.Element(Field.Cookies, place))
            .ToArray();
        keys.AddFirst(MatchKey.ClickId, [.. Find(places, "_fbc"), .. Find(places, "fbc")]);
        keys.AddFirst(MatchKey.BrowserId, [.. Find(places, "_fbp"), .. Find(places, "fbp")]);
    }

    private static IEnumerable<string?> Find(IEnumerable<JsonPart> places, string name) =>
        places.Select(place => Find(place, name));

    private static string? Find(JsonPart cookies, string name)
    {
        if (cookies.ValueKind == JsonValueKind.Object)
        {
            return JsonText.Of(JsonText.Member(cookies, name)) is { } value ? Uri.UnescapeDataString(value) : null;
        }

        foreach (var cookie in JsonText.Of(cookies)?.Split(';', StringSplitOptions.TrimEntries) ?? [])
        {
            var equals = cookie.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && cookie.AsSpan(0, equals).TrimEnd().SequenceEqual(name) && equals + 1 < cookie.Length)
            {
                return Uri.UnescapeDataString(cookie[(equals + 1)..].Trim());
            }
        }

        return null;
    }
}
