using System.Text;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Fuzzing.Previews;

namespace OfflineConversions.Fuzzing.Sendable;

/// <summary>
/// Adds Meta's own fields to a body, where an event may carry them and where it may not, with right and wrong values.
/// </summary>
internal static class MetaFields
{
    private static readonly string[] Objects =
    [
        "facebook",
        "Facebook",
        "Facebook Offline Conversions",
        "FacebookOfflineConversions",
        "Facebook Conversions API",
    ];

    private static readonly string[] Flags = ["Facebook.", "facebook."];

    /// <summary>The body with a few of Meta's fields in one of its objects.</summary>
    public static byte[] Added(byte[] body, Random random)
    {
        var objects = JsonPlace.All(body).FindAll(place => place.Kind == System.Text.Json.JsonTokenType.StartObject);
        if (objects.Count == 0)
        {
            return body;
        }

        var place = objects[random.Next(objects.Count)];
        var member = place.Name switch
        {
            "\"integrations\"" => InObject(random),
            "\"context\"" when random.Next(2) == 0 => InObject(random),
            "\"custom_flags\"" => AsFlags(random),
            "\"data\"" when random.Next(2) == 0 => $"\"custom_flags\":{{{AsFlags(random)}}}",
            _ => random.Next(4) switch
            {
                0 => $"\"integrations\":{{{InObject(random)}}}",
                1 => InObject(random),
                2 => $"\"custom_flags\":{{{AsFlags(random)}}}",
                _ => Members(random),
            },
        };
        var inside = Encoding.UTF8.GetString(body, place.Start + 1, place.End - place.Start - 2);
        var text = inside.Trim().Length == 0 ? member : $",{member}";
        return ByteMutation.Replaced(body, place.End - 1, 0, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The body with an odd value in the place of one whose name says what it is.</summary>
    public static byte[] Replaced(byte[] body, Random random)
    {
        var places = JsonPlace.All(body).FindAll(place => place.NameStart >= 0 && MetaValues.Fits(place.Name));
        if (places.Count == 0)
        {
            return body;
        }

        var place = places[random.Next(places.Count)];
        var value = Encoding.UTF8.GetBytes(MetaValues.For(place.Name, random));
        return ByteMutation.Replaced(body, place.Start, place.End - place.Start, value);
    }

    private static string InObject(Random random) =>
        $"\"{Objects[random.Next(Objects.Length)]}\":{{{Members(random)}}}";

    private static string Members(Random random) =>
        string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Member(random)));

    private static string Member(Random random)
    {
        switch (random.Next(6))
        {
            case 0 or 1:
                return $"\"user_data\":{{{Some(MetaValues.UserData, random)}}}";
            case 2:
                return $"\"custom_data\":{{{Some(MetaValues.CustomData, random)}}}";
            case 3 when random.Next(8) == 0:
                return $"\"{(random.Next(2) == 0 ? "user_data" : "custom_data")}\":{MetaValues.Any(random)}";
            default:
                return Some(MetaValues.Event, random);
        }
    }

    private static string AsFlags(Random random)
    {
        var prefix = Flags[random.Next(Flags.Length)];
        var (names, path) = random.Next(3) switch
        {
            0 => (MetaValues.UserData, "user_data."),
            1 => (MetaValues.CustomData, "custom_data."),
            _ => (MetaValues.Event, ""),
        };
        var name = names[random.Next(names.Count)];
        return $"\"{prefix}{path}{name}\":{MetaValues.For(name, random)}";
    }

    private static string Some(IReadOnlyList<string> names, Random random) =>
        string.Join(
            ',',
            Enumerable
                .Range(0, random.Next(1, 4))
                .Select(_ => names[random.Next(names.Count)])
                .Select(name => $"\"{name}\":{MetaValues.For(name, random)}")
        );
}
