using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>The click and browser ids that Meta's pixel keeps in cookies.</summary>
internal readonly record struct CommandersActCookies(string? ClickId, string? BrowserId)
{
    /// <summary>Looks in each place for cookies: a Cookie header's text, or an object.</summary>
    public static CommandersActCookies Read(FieldValues fields)
    {
        var places = Enumerable
            .Range(0, CommandersActFields.Event[Field.Cookies].Count)
            .Select(place => fields.Element(Field.Cookies, place))
            .ToArray();
        return new CommandersActCookies(
            Find(places, "_fbc") ?? Find(places, "fbc"),
            Find(places, "_fbp") ?? Find(places, "fbp")
        );
    }

    private static string? Find(IEnumerable<JsonElement> places, string name) =>
        places.Select(place => Find(place, name)).FirstOrDefault(value => value is not null);

    private static string? Find(JsonElement cookies, string name)
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
