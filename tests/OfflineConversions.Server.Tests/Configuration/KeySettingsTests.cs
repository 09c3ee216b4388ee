using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

public sealed class KeySettingsTests : ConfigurationUnderTest
{
    [Theory]
    [InlineData("Segment", "brief", "is too short")]
    [InlineData("MParticle", "k:s", "is too short")]
    [InlineData("Segment", "demo-segment-key", "is a demo key")]
    [InlineData("MParticle", "demo-mparticle-key:demo-mparticle-secret", "is a demo key")]
    public void A_key_that_is_short_or_public_is_for_Development_only(string source, string key, string problem)
    {
        var settings = $$"""
            "Admin": { "ApiKey": "{{key}}" }, "Connections": { "stores": { "Source": "{{source}}",
              "WriteKeys": ["{{key}}"], "AccessToken": "t0ken", "DatasetId": "1" } }
            """;

        Problems(settings, "Development").Should().BeEmpty();
        var told = Problems(settings).ToArray();
        told.Should()
            .HaveCount(2)
            .And.OnlyContain(line =>
                line.Contains(problem, StringComparison.Ordinal) && !line.Contains(key, StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public void A_placeholder_from_the_documentation_stops_the_start_and_the_message_says_how_to_replace_it(
        string environment
    )
    {
        var problems = Problems(
                """
                "Admin": { "ApiKey": "your-operator-key" },
                "Connections": {
                  "a": { "Source": "Segment", "WriteKeys": ["your-write-key"], "AccessToken": "your-access-token",
                         "AppSecret": "<app secret>", "TestEventCode": "your-test-event-code",
                         "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "your-dataset-id" }] } },
                  "b": { "Source": "CommandersAct", "WriteKeys": ["a-long-random-key"], "DatasetId": "<id>",
                         "AccessToken": "the token of Meta's system user" }
                }
                """,
                environment
            )
            .ToArray();

        problems
            .Select(problem => problem.Split(": ")[0])
            .Should()
            .BeEquivalentTo(
                "Admin:ApiKey",
                "Connections:a:WriteKeys:0",
                "Connections:a:AccessToken",
                "Connections:a:AppSecret",
                "Connections:a:TestEventCode",
                "Connections:a:Segment:Events:0:EventSetId",
                "Connections:b:WriteKeys:0",
                "Connections:b:DatasetId",
                "Connections:b:AccessToken"
            );
        problems
            .Should()
            .OnlyContain(problem => problem.Contains("is a placeholder from the documentation; "))
            .And.Contain(problem => problem.EndsWith("generate one with openssl rand -hex 24"));
    }

    [Theory]
    [InlineData("\"Segment\": { \"SharedSecret\": \" \" }", "Segment:SharedSecret")]
    [InlineData("\"SharedHeader\": { \"Value\": \"  \" }", "SharedHeader:Value")]
    [InlineData("\"SharedHeader\": { \"Name\": \" \" }", "SharedHeader:Name")]
    [InlineData("\"SharedHeader\": { \"Name\": \"\" }", "SharedHeader:Name")]
    [InlineData("\"AppSecret\": \"\\t\"", "AppSecret")]
    public void A_blank_secret_stops_the_start_instead_of_turning_its_check_off(string setting, string key) =>
        Problems(Shop.Replace("\"Source\"", $"{setting}, \"Source\"", StringComparison.Ordinal))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith($"Connections:stores:{key}: ");

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public void A_blank_operators_key_stops_the_start(string environment) =>
        Problems($"\"Admin\": {{ \"ApiKey\": \" \" }}, {Shop}", environment)
            .Should()
            .Equal("Admin:ApiKey: is blank; write the key, or leave the setting out");
}
