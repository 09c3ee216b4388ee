using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>
/// Values that appear nowhere else, and the bodies that they are planted in. A place where one of them turns up has a
/// leak.
/// </summary>
internal static class Canary
{
    public const string Email = "kanari.vogel@leak.example";
    public const string Phone = "+49 151 1424 2099";
    public const string Token = "kanariTokenEAAB";

    /// <summary>What Meta requires in clear: it may be in a stored payload and nowhere else.</summary>
    public const string Address = "198.51.100.77";
    public const string Agent = "Papagei/1.0";
    public const string Id = "papagei-17";

    private const string Name = "Kanariname";

    /// <summary>
    /// What must be nowhere, in every way of writing it. The last one is how the others begin in Basic authentication.
    /// </summary>
    public static readonly IReadOnlyList<string> Never =
    [
        "kanari",
        "151 1424",
        "1511424",
        "1903-07-13",
        "19030713",
        "a2FuYXJp",
    ];

    /// <summary>What must be nowhere but in a stored payload.</summary>
    public static readonly IReadOnlyList<string> StoredOnly = [Address, "papagei"];

    private static readonly string[] Persons =
    [
        "traits",
        "user",
        "user_identities",
        "user_attributes",
        "user_data",
        "address",
        "externalId",
    ];
    private static readonly DateTimeOffset Written = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> ByName = new[]
    {
        (Email, "email em"),
        (Phone, "phone mobile ph mobilenumber phonenumber2 phonenumber3"),
        (Name, "firstname lastname fn ln city state ct st"),
        ($"{Name} {Name}", "name"),
        ("KANARI77", "zip zipcode postalcode zp"),
        ("1903-07-13", "birthday birthdate dateofbirth db"),
        ("kanari", "gender ge"),
    }
        .SelectMany(row => row.Item2.Split(' ').Select(name => (name, row.Item1)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The golden events of a source (tests/OfflineConversions.Tests/Golden), with their times moved to now.
    /// </summary>
    public static IEnumerable<JsonNode> Events(
        string source,
        string file = "*.json",
        [CallerFilePath] string here = ""
    ) =>
        Directory
            .EnumerateFiles(Path.Combine(here, "../../../../OfflineConversions.Tests/Golden", source), file)
            .Select(path => JsonNode.Parse(File.ReadAllText(path))!["body"]!)
            .Where(body => body is JsonObject or JsonArray)
            .Select(Refreshed);

    /// <summary>The body with a canary in every field that identifies a person, whatever the field is called.</summary>
    public static JsonNode Personal(JsonNode body)
    {
        foreach (var leaf in Leaves(body).ToList())
        {
            var path = leaf.GetPath();
            var names = path.Split(['.', '[', ']', '\'', '$'], StringSplitOptions.RemoveEmptyEntries)
                .Where(part => !char.IsAsciiDigit(part[0]))
                .ToArray();
            var name = names.Length == 0 ? "" : string.Concat(names[^1].Where(char.IsLetterOrDigit)).ToLowerInvariant();
            var planted =
                name is "ip" or "clientip" ? Address
                : name is "useragent" ? Agent
                : name is "userid" || (name is "customerid" && names.Contains("user_identities")) ? Id
                : names.SkipLast(1).Any(Persons.Contains) || path.Contains("user_attributes", StringComparison.Ordinal)
                    ? ByName.GetValueOrDefault(name)
                : null;
            if (planted is not null)
            {
                leaf.ReplaceWith(JsonValue.Create(planted));
            }
        }

        return body;
    }

    /// <summary>One body for each field, with an e-mail address in that field.</summary>
    public static IEnumerable<string> EachField(JsonNode body)
    {
        foreach (var place in Leaves(body).ToList())
        {
            var (original, planted) = (place.DeepClone(), JsonValue.Create(Email));
            place.ReplaceWith(planted);
            yield return body.ToJsonString();
            planted.ReplaceWith(original);
        }
    }

    /// <summary>The canaries in a text, each with some of the text around it.</summary>
    public static IEnumerable<string> In(string text, bool isStored = false) =>
        Never
            .Concat(isStored ? [] : StoredOnly)
            .Where(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase))
            .Select(canary =>
                text[
                    Math.Max(0, text.IndexOf(canary, StringComparison.OrdinalIgnoreCase) - 200)..Math.Min(
                        text.Length,
                        text.IndexOf(canary, StringComparison.OrdinalIgnoreCase) + 60
                    )
                ]
            );

    /// <summary>The canaries in files, byte by byte.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="storesClear">Whether the files may contain payloads in clear.</param>
    public static IEnumerable<string> In(IEnumerable<string> files, bool storesClear) =>
        from file in files
        let bytes = Encoding.Latin1.GetString(File.ReadAllBytes(file))
        from found in In(bytes, isStored: storesClear && !file.EndsWith(StartupHook.File, StringComparison.Ordinal))
        select $"{Path.GetFileName(file)}: {found}";

    private static JsonNode Refreshed(JsonNode body)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var leaf in Leaves(body).ToList())
        {
            if (leaf.ToJsonString() is ['"', '2', '0', '2', '6', '-', '1', '1', ..])
            {
                leaf.ReplaceWith(JsonValue.Create(now.AddMinutes(-1).ToString("O")));
            }
            else if (
                leaf.AsValue().TryGetValue<double>(out var number)
                && Math.Abs(number - Written.ToUnixTimeMilliseconds()) < 1e9
            )
            {
                leaf.ReplaceWith(JsonValue.Create(now.AddMinutes(-1).ToUnixTimeMilliseconds()));
            }
        }

        return body;
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode node) =>
        node switch
        {
            JsonObject members => members
                .Where(member => member.Value is not null)
                .SelectMany(member => Leaves(member.Value!)),
            JsonArray items => items.Where(item => item is not null).SelectMany(item => Leaves(item!)),
            _ => [node],
        };
}
