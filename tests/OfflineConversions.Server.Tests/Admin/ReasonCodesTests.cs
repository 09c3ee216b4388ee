using System.Globalization;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>
/// Each code that an arriving event can have is found in the metrics, the outcomes and the event's page.
/// </summary>
public sealed class ReasonCodesTests : OperatorRoutes
{
    private const string Sale = """{"revenue":1,"currency":"EUR"}""";
    private const string Zoe = "\"email\":\"zoe@example.com\"";

    /// <summary>
    /// An element that is not an object has no id to ask for; the outcomes list it. The others concern rows of files.
    /// </summary>
    private static readonly string[] Elsewhere =
    [
        Reason.NotAnObject,
        Reason.WrongColumnCount,
        Reason.InvalidText,
        Reason.MalformedJson,
    ];

    private static readonly string Emails = JsonSerializer.Serialize(
        Enumerable.Range(0, 101).Select(n => string.Create(CultureInfo.InvariantCulture, $"zoe{n}@example.com"))
    );

    private static readonly Case[] Cases =
    [
        Batch(Reason.WrongEnvironment, "\"environment\":\"development\"") with
        {
            Key = "prod-key:prod-secret",
        },
        Track(
            Warning.AdvertisingIdNotAllowed,
            Sale,
            context: """
            ,"device":{"advertisingId":"07d2ebaa-e956-407e-a1e6-f05f871bf4e2","adTrackingEnabled":false,"type":"ios"}
            """
        ),
        Batch(Reason.NotAFeed, "\"device_info\":{\"platform\":\"iOS\"}"),
        Batch(Reason.NotForwarded, "\"environment\":\"production\""),
        Event(Reason.NoConsent, "") with
        {
            Key = "consent-key-1",
        },
        Event(
            Reason.InvalidDataProcessingOptions,
            """
            "integrations":{"facebook":{"data_processing_options":["XYZ"]}},
            """
        ),
        Event(Reason.Erased, "", user: "\"email\":\"erased@example.com\""),
        Event(Warning.EmailAsExternalId, "", user: $"{Zoe},\"id\":\"zoe@example.com\""),
        Event(Warning.TooManyIdentities, "", user: $"\"email\":{Emails}"),
        Event(Warning.PropertyNotSent, "\"data_processing_options\":[\"LDU\"],"),
        Order(Warning.UnhashedIdentity, "hashes-key-1", "\"traits\":{\"phone\":\"+1 202 555 0146\"}"),
        .. Enumerable
            .Range(0, 33)
            .Select(n =>
                Order(
                    Warning.UploadTagReplaced,
                    "rud-key-1",
                    $"\"traits\":{{ {Zoe} }}",
                    string.Create(CultureInfo.InvariantCulture, $"tag-{n}")
                )
            ),
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

        var items = await ItemsAsync($"reason={code}") + await ItemsAsync($"warning={code}");
        if (items == 0)
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

    /// <summary>An mParticle batch with one event that is not a sale.</summary>
    private static Case Batch(string code, string extra) =>
        new(
            code,
            "/mparticle/v2/events",
            "mp-key:mp-secret",
            $$$"""
            { {{{extra}}},"user_identities":{ {{{Zoe}}} },"events":[{"event_type":"custom_event",
              "data":{"event_name":"Coffee Brewed"} }] }
            """
        );

    /// <summary>A RudderStack sale.</summary>
    private static Case Order(string code, string key, string context, string tag = "") =>
        new(
            code,
            "/rudderstack/v1/track",
            key,
            $$$"""
            {"messageId":"ID","userId":"u","event":"Order Completed","context":{ {{{context}}} },
             "properties":{"total":1,"currency":"EUR","upload_tag":"{{{tag}}}"} }
            """
        )
        {
            Tag = tag,
        };

    private static string UserData(string key) =>
        $$$"""
            "integrations":{"facebook":{"user_data":{"{{{key}}}":"x"} } },
            """;

    private sealed record Case(string Code, string Path, string Key, string Body)
    {
        public bool Twice { get; init; }

        public string Tag { get; init; } = "";

        public bool LongId { get; init; }
    }
}
