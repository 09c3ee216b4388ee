using System.Net;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>
/// Each code that an arriving event can have is found in the metrics, the outcomes and the event's page.
/// </summary>
public sealed class ReasonCodesTests : OperatorRoutes
{
    private const string Sale = """{"revenue":1,"currency":"EUR"}""";
    private const string Zoe = "\"email\":\"zoe@example.com\"";

    /// <summary>Codes that need another configuration, or concern what has no id to ask for.</summary>
    private static readonly string[] Elsewhere =
    [
        Reason.Erased,
        Reason.NotAFeed,
        Reason.WrongEnvironment,
        Reason.NoConsent,
        Reason.NotAnObject,
        Reason.InvalidDataProcessingOptions,
        Reason.NotForwarded,
        Reason.WrongColumnCount, // a row of a file, like the next two
        Reason.InvalidText,
        Reason.MalformedJson,
        Warning.UnhashedIdentity,
        Warning.PropertyNotSent,
        Warning.AdvertisingIdNotAllowed,
        Warning.UploadTagReplaced,
        Warning.TooManyIdentities,
        Warning.EmailAsExternalId,
    ];

    private static readonly Case[] Cases =
    [
        Track(Reason.InsufficientCustomerInformation, Sale, traits: ""),
        Track(Reason.TooOld, Sale, extra: "\"timestamp\":\"2020-01-01T00:00:00Z\","),
        Track(Reason.InvalidValue, """{"revenue":"many","currency":"EUR"}"""),
        Track(Reason.NegativeValue, """{"revenue":-1,"currency":"EUR"}"""),
        Track(Reason.UnknownCurrency, """{"revenue":1,"currency":"XQQ"}"""),
        Track(Reason.EventNotMapped, Sale, name: "Coffee Brewed"),
        Track(Reason.DisabledByIntegrations, Sale, extra: "\"integrations\":{\"All\":false},"),
        Track(Reason.Duplicate, Sale, twice: true),
        new(Reason.UnsupportedType, "/segment/v1/identify", "seg-key-1", """{"messageId":"ID","userId":"u"}"""),
        new(Reason.MissingEventName, "/segment/v1/track", "seg-key-1", """{"messageId":"ID","userId":"u"}"""),
        Event(Reason.MissingCurrency, "", currency: ""),
        Event(Reason.MissingValue, "", value: ""),
        Event(Reason.EventNameTooLong, "", name: new string('n', 101)),
        Event(Reason.PersonalDataInEventName, "", name: "jane@example.com"),
        Event(Reason.BelowMinimumInformation, "", user: "\"firstname\":\"a\",\"lastname\":\"b\""),
        Track(Warning.ClockSkew, Sale, extra: "\"timestamp\":\"2099-01-01T00:00:00Z\","),
        Track(Warning.InvalidTime, Sale, extra: "\"timestamp\":\"yesterday\","),
        Track(Warning.AssumedCurrency, """{"revenue":1}"""),
        Track(Warning.ContentWithoutId, """{"revenue":1,"currency":"EUR","products":[{"quantity":1}]}"""),
        Track(
            Warning.InvalidQuantity,
            """{"revenue":1,"currency":"EUR","products":[{"product_id":"p","quantity":0}]}"""
        ),
        Track(Warning.InvalidNumber, """{"revenue":1,"currency":"EUR","products":[{"product_id":"p","price":-1}]}"""),
        Track(Warning.Placeholder, Sale, traits: $"{Zoe},\"phone\":\"undefined\""),
        Track(Warning.InvalidPhone, Sale, traits: $"{Zoe},\"phone\":\"12\""),
        Track(Warning.PhoneWithoutCountryCode, Sale, traits: $"{Zoe},\"phone\":\"030 1234567\""),
        Track(Warning.InvalidEmail, Sale, traits: "\"email\":\"zoe\",\"phone\":\"+49301234567\""),
        Track(Warning.InvalidGender, Sale, traits: $"{Zoe},\"gender\":\"table\""),
        Event(Warning.InvalidBirthdate, "", user: $"{Zoe},\"birthdate\":\"yesterday\""),
        Event(Warning.InvalidContentIds, "\"content_ids\":{\"a\":1},"),
        Track(Warning.InvalidName, Sale, traits: $"{Zoe},\"firstName\":\"!!!\""),
        Track(Warning.InvalidCity, Sale, traits: $"{Zoe},\"address\":{{\"city\":\"123\"}}"),
        Track(Warning.InvalidState, Sale, traits: $"{Zoe},\"address\":{{\"state\":\"123\"}}"),
        Track(Warning.InvalidZip, Sale, traits: $"{Zoe},\"address\":{{\"postalCode\":\"!\"}}"),
        Track(Warning.InvalidCountry, Sale, traits: $"{Zoe},\"address\":{{\"country\":\"Atlantis\"}}"),
        Track(
            Warning.LooksLikeWeb,
            Sale,
            context: ",\"page\":{\"url\":\"https://shop.example\"},\"userAgent\":\"Mozilla/5.0\""
        ),
        Track(Warning.PersonalDataRemoved, """{"revenue":1,"currency":"EUR","note":"jane@example.com"}"""),
        Event(Warning.EventIdTooLong, "", longId: true),
        Event(Warning.UnknownActionSource, "\"integrations\":{\"facebook\":{\"action_source\":\"moon\"}},"),
        Event(Warning.MissingUserAgent, ""),
        Event(Warning.ValueWithoutCurrency, "", name: "lead", currency: ""),
        Event(Warning.InvalidClickId, UserData("fbc")),
        Event(Warning.InvalidBrowserId, UserData("fbp")),
        Event(Warning.InvalidLeadId, UserData("lead_id")),
        Event(Warning.InvalidMobileAdvertiserId, UserData("madid")),
        Event(Warning.InvalidIpAddress, UserData("client_ip_address")),
    ];

    [Fact]
    public async Task Every_code_of_an_arrival_is_found_everywhere()
    {
        var missing = new List<string>();
        foreach (var one in Cases)
        {
            var id = one.LongId ? new string('x', 300) : $"id-{one.Code}";
            await PostAsync(one, id);
            if (await MissingAsync(one.Code, id) is { Length: > 0 } places)
            {
                missing.Add($"{one.Code}: {places}");
            }
        }

        string.Join('\n', missing).Should().BeEmpty();
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

    private async Task PostAsync(Case one, string id)
    {
        for (var times = one.Twice ? 2 : 1; times > 0; times--)
        {
            var body = one.Body.Replace("\"ID\"", JsonSerializer.Serialize(id), StringComparison.Ordinal);
            using var answer = await Service.PostAsync(one.Path, body, one.Key);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, one.Code);
        }
    }

    /// <summary>Where a code is not found.</summary>
    private async Task<string> MissingAsync(string code, string id)
    {
        var metrics = await MetricsAsync();
        var places = new List<string>();
        if (
            !metrics.Contains($"reason=\"{code}\"", StringComparison.Ordinal)
            && !metrics.Contains($"warning=\"{code}\"", StringComparison.Ordinal)
        )
        {
            places.Add("metrics");
        }

        var items = await ItemsAsync($"reason={code}") + await ItemsAsync($"warning={code}");
        if (items == 0)
        {
            places.Add("outcomes");
        }

        using var answer = await Service.Http.GetAsync($"/api/events/{id}");
        var page = await answer.Content.ReadAsStringAsync();
        if (!page.Contains($"\"{code}\"", StringComparison.Ordinal))
        {
            places.Add($"event: {page}");
        }

        return string.Join(", ", places);
    }

    private async Task<int> ItemsAsync(string query) =>
        (await Service.GetJsonAsync($"/api/outcomes?{query}")).GetProperty("items").GetArrayLength();

    private static Case Track(
        string code,
        string properties,
        string traits = Zoe,
        string name = "Order Completed",
        string extra = "",
        string context = "",
        bool twice = false
    ) =>
        new(
            code,
            "/segment/v1/track",
            "seg-key-1",
            $$$"""
            {"messageId":"ID",{{{extra}}}"event":"{{{name}}}","context":{"traits":{ {{{traits}}} }{{{context}}} },
             "properties":{{{properties}}} }
            """
        )
        {
            Twice = twice,
        };

    private static Case Event(
        string code,
        string extra,
        string name = "purchase",
        string value = "\"value\":1,",
        string currency = "\"currency\":\"EUR\",",
        string user = Zoe,
        bool longId = false
    ) =>
        new(
            code,
            "/commandersact/events",
            "com-key-1",
            $$$"""
            {"event_name":"{{{name}}}",{{{extra}}}{{{value}}}{{{currency}}}"context":{"event_id":"ID"},
             "user":{ {{{user}}} } }
            """
        )
        {
            LongId = longId,
        };

    private static string UserData(string key) =>
        $$$"""
            "integrations":{"facebook":{"user_data":{"{{{key}}}":"x"} } },
            """;

    private sealed record Case(string Code, string Path, string Key, string Body)
    {
        public bool Twice { get; init; }

        public bool LongId { get; init; }
    }
}
