using System.Diagnostics;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>
/// Bodies that are designed to be expensive. Each is below the limit of 4 MiB, and each once took minutes or gigabytes,
/// or could have.
/// </summary>
public sealed class HeavyInputTests(OddInputService running) : IClassFixture<OddInputService>
{
    private const int Much = 3_500_000;

    public static TheoryData<string> Heavy => [.. Notes().Keys, .. Around().Keys];

    [Theory]
    [MemberData(nameof(Heavy))]
    public async Task An_expensive_body_gets_a_response_in_time(string what)
    {
        foreach (var source in SourceName.All)
        {
            var body = Notes().TryGetValue(what, out var note)
                ? OddEvents.Batch(source, OddEvents.Event(source, note: note()), OddEvents.Event(source))
                : Around()[what](source);
            body.Length.Should().BeLessThan(4 * 1024 * 1024);
            var watch = Stopwatch.StartNew();
            var (status, _) = await running.PostAsync(source, body);
            status.Should().BeLessThan(500);
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30), source.ToString());
        }
    }

    private static Dictionary<string, Func<string>> Notes() =>
        new(StringComparer.Ordinal)
        {
            ["names that are no Unicode"] = () => $"{{{Repeat("\"\\ud800\":1,", Much)}\"z\":1}}",
            ["texts that are no Unicode"] = () => $"[{Repeat("\"\\ud800\",", Much)}1]",
            ["escapes"] = () => $"\"{Repeat("\\u0041", Much)}\"",
            ["e-mail addresses"] = () => $"[{Repeat("\"a@b.co\",", Much)}1]",
            ["at signs"] = () => $"\"{Repeat("a@", Much)}\"",
            ["percent signs"] = () => $"\"{Repeat("a%40", Much)}\"",
            ["labels"] = () => $"\"a@{Repeat("b.", Much)}\"",
            ["numbers"] = () => $"[{Repeat("1,", Much)}1]",
            ["numbers that are infinite"] = () => $"[{Repeat("1e999,", Much)}1]",
            ["empty lists"] = () => $"[{Repeat("[],", Much)}[]]",
            ["the same name"] = () => $"{{{Repeat("\"a\":1,", Much)}\"z\":1}}",
        };

    private static Dictionary<string, Func<string, string>> Around() =>
        new(StringComparer.Ordinal)
        {
            ["empty events"] = source => OddEvents.Batch(source, Repeat("{},", Much) + "{}"),
            ["numbers for events"] = source => OddEvents.Batch(source, Repeat("1,", Much) + "1"),
            ["empty batches"] = source => $"[{Repeat("{},", Much)}{{}}]",
            ["names at the root that are no Unicode"] = source =>
                OddEvents.Batch(source, OddEvents.Event(source)).Insert(1, Repeat("\"\\ud800\":1,", Much)),
            ["properties that are e-mail addresses"] = source => Flat(source, number => $"\"p{number}\":\"a@b.co\","),
            ["properties that are match keys"] = source => Flat(source, number => $"\"p{number}@b.co\":1,"),
            ["properties"] = source => Flat(source, number => $"\"p{number}\":{number},"),
            ["a person with many addresses"] = source =>
                People(source, string.Concat(Enumerable.Range(0, 200_000).Select(number => $"\"a{number}@b.co\","))),
            ["a person with many texts that are no addresses"] = source => People(source, Repeat("\"a\",", Much)),
            ["long letters"] = source => Person(source, "a"),
            ["long digits"] = source => Person(source, "1"),
            ["labels of a person"] = source => Person(source, "b."),
            ["at signs of a person"] = source => Person(source, "a@"),
            ["a long address"] = source => People(source, $"\"a@{Repeat("b.", Much)}co\","),
            ["click ids"] = source => Page(source, "?fbclid=&"),
            ["percent signs of a page"] = source => Page(source, "a%40"),
            ["brackets"] = source => Person(source, "(0)"),
            ["blanks"] = source => Person(source, "a "),
            ["marks"] = source => Person(source, "a\\u0301"),
            ["separators"] = source => Person(source, "1-"),
            ["products"] = source => Products(source, Repeat("{},", Much)),
            ["products with prices"] = source => Products(source, Repeat("{\"id\":\"p\",\"price\":1e28},", Much)),
            ["a text shared by many events"] = source => Shared(source, $"\"{new string('x', 1_000_000)}\"", 4_000),
            ["a list shared by many events"] = source => Shared(source, $"[{Repeat("\"a\",", 1_000_000)}1]", 4_000),
            ["a text shared by a few events"] = source => Shared(source, $"\"{new string('x', 500_000)}\"", 100),
        };

    private static string Flat(string source, Func<int, string> property)
    {
        var one = OddEvents.Event(source);
        var members = string.Concat(Enumerable.Range(0, 170_000).Select(property));
        return OddEvents.Batch(source, one.Replace("\"note\":", members + "\"note\":", StringComparison.Ordinal));
    }

    private static string People(string source, string addresses) => WithPerson(source, ["email"], $"[{addresses}1]");

    // Every key at once: each has its own rules.
    private static string Person(string source, string unit)
    {
        string[] keys =
            source == SourceName.MParticle
                ? ["$FirstName", "$LastName", "$City", "$Country", "$Gender"]
                :
                [
                    "email",
                    "phone",
                    "gender",
                    "firstName",
                    "firstname",
                    "lastname",
                    "city",
                    "zip",
                    "zipcode",
                    "state",
                    "country",
                    "birthday",
                    "birthdate",
                ];
        return WithPerson(source, keys, $"\"{Repeat(unit, Much / keys.Length)}\"");
    }

    private static string WithPerson(string source, string[] keys, string value)
    {
        var person = string.Join(',', keys.Select(key => $"\"{key}\":{value}"));
        return source == SourceName.MParticle
            ? OddEvents
                .Batch(source, OddEvents.Event(source))
                .Replace(
                    keys is ["email"] ? "\"email\":\"zoe@example.com\"" : "\"$FirstName\":\"Zoe\"",
                    person,
                    StringComparison.Ordinal
                )
            : OddEvents.Batch(
                source,
                OddEvents.Event(source).Replace("\"email\":\"zoe@example.com\"", person, StringComparison.Ordinal)
            );
    }

    private static string Page(string source, string unit) =>
        OddEvents.Batch(
            source,
            OddEvents
                .Event(source)
                .Replace(
                    "\"context\":{",
                    $"\"context\":{{\"page\":{{\"url\":\"https://a.test/{Repeat(unit, Much)}\"}},",
                    StringComparison.Ordinal
                )
        );

    private static string Products(string source, string products)
    {
        var one = OddEvents.Event(source);
        return OddEvents.Batch(
            source,
            source switch
            {
                SourceName.MParticle => one.Replace(
                    "\"products\":[",
                    "\"products\":[" + products,
                    StringComparison.Ordinal
                ),
                SourceName.CommandersAct => one.Insert(1, $"\"items\":[{products}1],"),
                _ => one.Replace(
                    "\"properties\":{",
                    $"\"properties\":{{\"products\":[{products}1],",
                    StringComparison.Ordinal
                ),
            }
        );
    }

    private static string Shared(string source, string value, int events)
    {
        var small =
            source == SourceName.MParticle
                ? "{\"event_type\":\"commerce_event\",\"data\":{\"product_action\":{\"action\":\"view_detail\"}}}"
                : "{\"type\":\"track\",\"event\":\"Product Added\",\"event_name\":\"e\"}";
        var body = OddEvents.Batch(
            source,
            Enumerable.Range(0, events).Select(number => small.Insert(1, $"\"messageId\":{number},"))
        );
        return source == SourceName.MParticle
            ? body.Replace("\"zoe@example.com\"", value, StringComparison.Ordinal)
            : body.Insert(
                1,
                $"\"context\":{{\"userAgent\":{value},\"traits\":{{\"email\":\"a@b.co\",\"city\":{value}}}}},"
            );
    }

    private static string Repeat(string text, int bytes) => string.Concat(Enumerable.Repeat(text, bytes / text.Length));
}
