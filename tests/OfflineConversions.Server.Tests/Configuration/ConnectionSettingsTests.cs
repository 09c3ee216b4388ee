using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

public sealed class ConnectionSettingsTests : ConfigurationUnderTest
{
    private const string PartnerAgentRule =
        "is not a partner agent; write 2 to 22 letters, digits, _, . or -, at least two of them letters";

    private const string GroupRule = "is not a group; write 1 to 64 letters, digits, ., - or _";

    [Theory]
    [InlineData("BatchSize", "5000", "5000 is out of range; allowed are 1 to 1000")]
    [InlineData("BatchSize", "\"many\"", "many is not a whole number")]
    [InlineData(
        "Source",
        "\"Segmint\"",
        "Segmint is not allowed; allowed are MParticle, Segment, RudderStack, CommandersAct, File"
    )]
    [InlineData(
        "Source",
        "\"1\"",
        "1 is not allowed; allowed are MParticle, Segment, RudderStack, CommandersAct, File"
    )]
    [InlineData("Api", "\"Offline\"", "Offline is not allowed; allowed are ConversionsApi, OfflineEvents")]
    [InlineData("HashExternalId", "\"yes\"", "yes is neither true nor false")]
    [InlineData(
        "DeduplicationWindow",
        "48",
        "48 is not a time span; write d.hh:mm:ss, for example 00:00:10 or 2.00:00:00"
    )]
    [InlineData(
        "DefaultCurrency",
        "\"EURO\"",
        "EURO is not a currency code; write three letters of ISO 4217, for example EUR"
    )]
    [InlineData(
        "DefaultCountry",
        "\"USA\"",
        "USA is not a country code; write two letters of ISO 3166-1, for example US"
    )]
    [InlineData("DatasetId", "\"../1\"", "is not a dataset id; letters, digits, _ and - are allowed")]
    [InlineData("PartnerAgent", "\"a\"", PartnerAgentRule)]
    [InlineData("PartnerAgent", "\"1-2-3\"", PartnerAgentRule)]
    [InlineData("PartnerAgent", "\"a1234\"", PartnerAgentRule)]
    [InlineData("PartnerAgent", "\"Acme_1.2_and_further_23\"", PartnerAgentRule)]
    [InlineData("PartnerAgent", "\"Acme!\"", PartnerAgentRule)]
    [InlineData("AppId", "\"my-app\"", "is not an app id; write its 5 to 20 digits")]
    [InlineData("AppId", "\"1234\"", "is not an app id; write its 5 to 20 digits")]
    [InlineData("DeduplicationGroup", "\" shop\"", GroupRule)]
    [InlineData("DeduplicationGroup", "\"shop/1\"", GroupRule)]
    [InlineData("DeduplicationGroup", "\"gesch\u00e4ft\"", GroupRule)]
    [InlineData(
        "DeduplicationGroup",
        "\"a2345678901234567890123456789012345678901234567890123456789012345\"",
        GroupRule
    )]
    [InlineData("AccesToken", "\"x\"", "is not a setting; did you mean AccessToken?")]
    [InlineData("AccessToken", "\"\"", "is required: the access token of Meta's system user")]
    [InlineData("WriteKeys", "[]", "at least one is required: the key that the source presents")]
    [InlineData(
        "WriteKeys",
        "\"write-key-1\"",
        "is a list; write [\"…\"], or its first entry as …__0 in the environment"
    )]
    [InlineData("Segment", "\"on\"", "is a section; write its settings under it")]
    [InlineData("TestEventCode", "{ \"a\": 1 }", "is a single value, not a section or list")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string setting, string value, string message)
    {
        var defaults = new Dictionary<string, string>
        {
            ["Source"] = "\"Segment\"",
            ["WriteKeys"] = "[\"write-key-1\"]",
            ["AccessToken"] = "\"t0ken\"",
            [setting] = value,
        };

        var settings = string.Join(", ", defaults.Select(entry => $"\"{entry.Key}\": {entry.Value}"));
        var problems = Problems($"\"Connections\": {{ \"stores\": {{ {settings} }} }}");

        problems.Should().Contain($"Connections:stores:{setting}: {message}");
    }

    [Theory]
    [InlineData("Segment", "MParticle", "{ \"FeedOnly\": false }")]
    [InlineData("MParticle", "Segment", "\"on\"")]
    [InlineData("CommandersAct", "rudderstack", "{ \"EventsToIds\": [], \"EnableHashing\": true }")]
    public void A_section_of_another_source_is_an_error_that_names_both_sources(
        string source,
        string section,
        string value
    ) =>
        Problems(
                $$"""
                "Connections": { "stores": { "Source": "{{source}}", "WriteKeys": ["write-key-1:secret"],
                                             "AccessToken": "t0ken", "DatasetId": "1", "{{section}}": {{value}} } }
                """
            )
            .Where(problem => !problem.Contains("WriteKeys", StringComparison.Ordinal))
            .Should()
            .ContainSingle()
            .Which.Should()
            .Be(
                $"Connections:stores:{section}: is a section of source {EventSources.All.Find(section)}; "
                    + $"this connection's Source is {source}"
            );

    [Fact]
    public void A_section_of_another_source_that_is_null_is_as_if_absent() =>
        Problems(Shop.Replace("\"Source\"", "\"MParticle\": null, \"Source\"", StringComparison.Ordinal))
            .Should()
            .BeEmpty();

    [Fact]
    public void Where_the_source_is_wrong_the_sections_of_sources_are_checked_all_the_same() =>
        Problems(
                """
                "Connections": { "stores": { "Source": "Segmnt", "WriteKeys": ["write-key-1"], "AccessToken": "t0ken",
                                             "Segment": { "LimitedDataUse": "perhaps" } } }
                """
            )
            .Should()
            .BeEquivalentTo(
                "Connections:stores:Source: Segmnt is not allowed; "
                    + "allowed are MParticle, Segment, RudderStack, CommandersAct, File",
                "Connections:stores:Segment:LimitedDataUse: perhaps is neither true nor false"
            );

    [Fact]
    public void The_legacy_shape_may_send_twice_as_many_events_a_request()
    {
        Problems(
                Shop.Replace(
                    "\"Source\"",
                    "\"Api\": \"OfflineEvents\", \"BatchSize\": 2000, \"Source\"",
                    StringComparison.Ordinal
                )
            )
            .Should()
            .BeEmpty();
    }

    [Fact]
    public void A_null_is_as_if_absent()
    {
        Problems(
                Shop.Replace(
                    "\"Source\"",
                    "\"AppSecret\": null, \"BatchSize\": null, \"DateOrder\": null, \"Segment\": null, \"Source\"",
                    StringComparison.Ordinal
                )
            )
            .Should()
            .BeEmpty();
    }
}
