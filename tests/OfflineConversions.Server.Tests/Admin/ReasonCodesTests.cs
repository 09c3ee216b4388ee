using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>
/// Each code that an arriving event can have is found in the metrics, the outcomes and the event's page.
/// </summary>
public sealed partial class ReasonCodesTests : OperatorRoutes
{
    private const string Sale = """{"revenue":1,"currency":"EUR"}""";
    private const string Zoe = "\"email\":\"zoe@example.com\"";

    /// <summary>
    /// An element that is not an object has no id to ask for, and has a test of its own. The others concern rows of
    /// files, which are no events: the report of their import has them.
    /// </summary>
    private static readonly string[] Elsewhere =
    [
        Reason.NotAnObject,
        Reason.WrongColumnCount,
        Reason.InvalidText,
        Reason.MalformedJson,
    ];

    private protected override string Connections =>
        $$"""
            {{ServiceUnderTest.FourSources.TrimEnd().TrimEnd('}')}},
            "prod": { "Source": "MParticle", "WriteKeys": ["prod-key:prod-secret"], "AccessToken": "t0ken",
              "DatasetId": "7", "MParticle": { "Environment": "Production" } },
            "consent": { "Source": "CommandersAct", "WriteKeys": ["consent-key-1"], "AccessToken": "t0ken",
              "DatasetId": "5", "CommandersAct": { "UserConsentCategory": "1" } },
            "hashes": { "Source": "RudderStack", "WriteKeys": ["hashes-key-1"], "AccessToken": "t0ken",
              "RudderStack": { "EnableHashing": false, "EventsToIds": [{ "From": "Purchase", "To": "6" }] } }
            }
            """;

    [Fact]
    public async Task Every_code_of_an_arrival_is_found_everywhere()
    {
        await PostAsync("/api/erasure", """{"email":"erased@example.com"}""");
        var missing = new List<string>();
        foreach (var same in Cases.GroupBy(one => one.Code))
        {
            var id = "";
            foreach (var one in same)
            {
                id = await PostAsync(one, one.LongId ? new string('x', 300) : $"id-{one.Code}-{one.Tag}");
            }

            if (await MissingAsync(same.Key, id) is { Length: > 0 } places)
            {
                missing.Add($"{same.Key}: {places}");
            }
        }

        string.Join('\n', missing).Should().BeEmpty();
    }

    [Fact]
    public async Task An_element_that_is_no_object_is_counted_and_listed()
    {
        using var answer = await Service.PostAsync("/segment/v1/batch", """{"batch":["text"]}""", "seg-key-1");
        answer.IsSuccessStatusCode.Should().BeTrue();

        (await MetricsAsync()).Split('\n').Should().Contain(line => Counts(line, Reason.NotAnObject));
        (await ItemsAsync($"reason={Reason.NotAnObject}")).Should().ContainSingle();
    }

    [Fact]
    public void Every_code_has_a_case() =>
        ReasonCatalogue
            .All.Where(entry => entry.Kind is ReasonKind.Rejected or ReasonKind.Ignored or ReasonKind.Warning)
            .Select(entry => entry.Code)
            .Except(Elsewhere)
            .Except(Cases.Select(one => one.Code))
            .Should()
            .BeEmpty();

    /// <returns>The id by which to ask: the source's own, or the one that the service made.</returns>
    private async Task<string> PostAsync(Case one, string id)
    {
        var given = "";
        for (var times = one.Twice ? 2 : 1; times > 0; times--)
        {
            var body = one.Body.Replace("\"ID\"", JsonSerializer.Serialize(id), StringComparison.Ordinal);
            using var answer = await Service.PostAsync(one.Path, body, one.Key, ("Prefer", "return=representation"));
            answer.IsSuccessStatusCode.Should().BeTrue(one.Code);
            var events = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("events");
            given = events[0].GetProperty("eventId").GetString()!;
        }

        return one.Path.Contains("mparticle", StringComparison.Ordinal) ? given : id;
    }

    /// <summary>Where a code is not found.</summary>
    private async Task<string> MissingAsync(string code, string id)
    {
        var metrics = await MetricsAsync();
        var places = new List<string>();
        if (!metrics.Split('\n').Any(line => Counts(line, code)))
        {
            places.Add("metrics");
        }

        string?[] listed = [.. await ItemsAsync($"reason={code}"), .. await ItemsAsync($"warning={code}")];
        if (!listed.Any(one => IsOf(one, id, code)))
        {
            places.Add("outcomes");
        }

        using var answer = await Service.Http.GetAsync($"/api/events?eventId={Uri.EscapeDataString(id)}");
        var page = await answer.Content.ReadAsStringAsync();
        if (!page.Contains($"\"{code}\"", StringComparison.Ordinal))
        {
            places.Add($"event: {page}");
        }

        return string.Join(", ", places);
    }

    /// <summary>Whether a line of the metrics counts a code; every series begins at 0.</summary>
    private static bool Counts(string line, string code) =>
        (
            line.Contains($"reason=\"{code}\"", StringComparison.Ordinal)
            || line.Contains($"warning=\"{code}\"", StringComparison.Ordinal)
        ) && !line.EndsWith(" 0", StringComparison.Ordinal);

    /// <summary>
    /// Whether a listed id is that of the event: in place of one that is too long its hash is listed, and of an erased
    /// one nothing.
    /// </summary>
    private static bool IsOf(string? listed, string id, string code) =>
        listed is null
            ? code == Reason.Erased
            : code == Warning.EventIdTooLong || id.StartsWith(listed, StringComparison.Ordinal);

    private async Task<IReadOnlyList<string?>> ItemsAsync(string query) =>
        [
            .. (await Service.GetJsonAsync($"/api/outcomes?{query}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("eventId").GetString()),
        ];
}
