using System.Text;
using System.Text.Json;
using OfflineConversions.Fuzzing.Mutation;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>Changes that leave a body valid JSON: odd values, and odd structures around and within them.</summary>
internal static class OddShapes
{
    // The service reads 200 levels, and the samples have some of their own.
    private const int DeepestAddition = 180;

    private static readonly string[] BadElements =
    [
        "null",
        "7",
        "\"event\"",
        "[]",
        "{}",
        "true",
        "[[{}]]",
        "{\"type\":\"track\"}",
    ];

    /// <summary>Replaces a value by an odd one, and rarely a whole object or list.</summary>
    public static byte[] WithOddValue(byte[] body, Random random)
    {
        var place = Some(body, random, place => !place.IsContainer || random.Next(12) == 0);
        return Replaced(body, place.Start, place.End, OddValues.For(place.Name, random));
    }

    /// <summary>Puts a value into a list, or takes the first one out of it.</summary>
    public static byte[] WithOtherArity(byte[] body, Random random)
    {
        var place = Some(body, random, place => place.NameStart >= 0);
        var value = Encoding.UTF8.GetString(body, place.Start, place.End - place.Start);
        using var list = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 1000 });
        var isList = list.RootElement.ValueKind == JsonValueKind.Array && list.RootElement.GetArrayLength() > 0;
        var other = isList ? list.RootElement[0].GetRawText() : $"[{value}]";
        return Replaced(body, place.Start, place.End, other);
    }

    /// <summary>Adds a member; the last one of a name overrides the others.</summary>
    public static byte[] WithUnknownMember(byte[] body, Random random)
    {
        var place = Some(body, random, place => place.Kind == JsonTokenType.StartObject);
        if (place.Kind != JsonTokenType.StartObject)
        {
            return body;
        }

        var isEmpty = Encoding.UTF8.GetString(body, place.Start + 1, place.End - place.Start - 2).Trim().Length == 0;
        var (member, comma) = (OddValues.Member(random), isEmpty ? "" : ",");
        return random.Next(2) == 0
            ? Replaced(body, place.Start + 1, place.Start + 1, member + comma)
            : Replaced(body, place.End - 1, place.End - 1, comma + member);
    }

    /// <summary>Leaves a member out. The next one's comma goes with it, or the one before.</summary>
    public static byte[] WithoutMember(byte[] body, Random random)
    {
        var place = Some(body, random, place => place.NameStart >= 0);
        if (place.NameStart < 0)
        {
            return body;
        }

        var (start, end) = (place.NameStart, place.End);
        if (body[end] == ',')
        {
            end++;
        }
        else if (body[start - 1] == ',')
        {
            start--;
        }

        return Replaced(body, start, end, "");
    }

    /// <summary>Nests a value into lists or objects, sometimes very deep.</summary>
    public static byte[] Nested(byte[] body, Random random)
    {
        var place = Some(body, random, place => place.NameStart >= 0);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"value\":", "}");
        var levels = random.Next(3) == 0 ? random.Next(2, DeepestAddition) : 1;
        var value = Encoding.UTF8.GetString(body, place.Start, place.End - place.Start);
        var (before, after) = (Enumerable.Repeat(open, levels), Enumerable.Repeat(close, levels));
        return Replaced(body, place.Start, place.End, string.Concat([.. before, value, .. after]));
    }

    /// <summary>The body's events in a list with a bad element, and perhaps with a context that they share.</summary>
    public static byte[] WithBadElements(byte[] body, Random random)
    {
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        var root = json.RootElement;
        List<string> events =
            root.ValueKind == JsonValueKind.Array
                ? [.. root.EnumerateArray().Take(3).Select(element => element.GetRawText())]
                : [root.GetRawText()];
        events.Insert(random.Next(events.Count + 1), BadElements[random.Next(BadElements.Length)]);
        events.Insert(random.Next(events.Count + 1), events[random.Next(events.Count)]);
        var list = $"[{string.Join(',', events)}]";
        const string Shared = """
            "context":{"ip":"203.0.113.9","traits":{"email":"shared@example.com","city":"Köln"}}
            """;
        return Encoding.UTF8.GetBytes(
            random.Next(3) switch
            {
                0 => list,
                1 => $"{{\"batch\":{list}}}",
                _ => $"{{{Shared},\"batch\":{list},\"sentAt\":{OddValues.For("\"sentAt\"", random)}}}",
            }
        );
    }

    private static byte[] Replaced(byte[] body, int start, int end, string by) =>
        ByteMutation.Replaced(body, start, end - start, Encoding.UTF8.GetBytes(by));

    private static JsonPlace Some(byte[] body, Random random, Func<JsonPlace, bool> wanted)
    {
        var places = JsonPlace.All(body);
        var fitting = places.Where(wanted).ToList();
        var choice = fitting.Count > 0 ? fitting : places;
        return choice[random.Next(choice.Count)];
    }
}
