using System.Globalization;
using System.Text.Json;
using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>An event for each code.</summary>
public sealed partial class ReasonCodesTests
{
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
