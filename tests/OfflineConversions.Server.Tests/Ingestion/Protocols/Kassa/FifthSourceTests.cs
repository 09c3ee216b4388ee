using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Architecture;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols.Kassa;

/// <summary>
/// A fifth source is a definition, a protocol and their registration. <see cref="VendorProtocolTests"/> holds it to the
/// contract of all sources; here is what is special about it.
/// </summary>
public sealed class FifthSourceTests
{
    [Fact]
    public void Nothing_in_the_service_names_it() =>
        SourceTree
            .Below("src")
            .Where(file => file.Code.Contains("Kassa", StringComparison.OrdinalIgnoreCase))
            .Select(file => file.Path)
            .Should()
            .BeEmpty();

    [Fact]
    public async Task A_receipt_becomes_the_event_that_its_settings_name_and_reaches_Meta_hashed()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            FiveSources.WithSandbox.Replace(
                "\"Shops\": [\"north\", \"south\"]",
                "\"EventName\": \"Donate\"",
                StringComparison.Ordinal
            ),
            onDisk: true,
            protocols: FiveSources.Protocols
        );
        var protocol = new KassaProtocol();
        using var response = await service.PostAsync(
            protocol,
            "/kassa/till/receipt",
            "kassa-key-1",
            """
            {"number":"1","shop":"east","till":"7","customer":{"mail":" KIM@example.com "},"total":"39.90",
             "currency":"EUR","lines":[{"article":"sku-1","pieces":2,"price":19.95}]}
            """
        );

        ((int)response.StatusCode).Should().Be(201);
        var received = (await new ReceivedEvents(service.Http).UntilAsync(events => events.Count > 0)).Single();
        var sent = received["event"]!;
        sent["event_name"]!.GetValue<string>().Should().Be("Donate");
        sent["event_id"]!.GetValue<string>().Should().Be("east-1");
        sent["user_data"]!["em"]!
            .ToJsonString()
            .Should()
            .Be("""["5d9a0087d4ccdb9bc50e88c4713479119e48a326fd360d647cf1643f3cae13e7"]""");
        sent["custom_data"]!["contents"]!
            .ToJsonString()
            .Should()
            .Be("""[{"id":"sku-1","quantity":2,"item_price":19.95}]""");
        sent["custom_data"]!["till"]!.GetValue<string>().Should().Be("7");
    }

    [Fact]
    public async Task Its_settings_decide_what_is_ignored()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            FiveSources.Connections,
            protocols: FiveSources.Protocols
        );

        using var response = await service.PostAsync(
            new KassaProtocol(),
            "/till/receipts",
            "kassa-key-1",
            """{"receipts":[{"number":"1","shop":"east","total":1},{"number":"2","shop":"north","kind":"training"}]}""",
            prefersOutcomes: true
        );

        (await response.Content.ReadFromJsonAsync<JsonNode>())!["events"]!
            .AsArray()
            .Select(one => one!["reason"]!.GetValue<string>())
            .Should()
            .Equal("not_forwarded", "not_forwarded");
    }

    [Theory]
    [InlineData("\"Kassa\": { \"Shops\": [\"north end\"] }", "Connections:till:Kassa:Shops", "must not hold a blank")]
    [InlineData("\"Kassa\": { \"Shop\": [\"north\"] }", "Connections:till:Kassa:Shop", "Shops")]
    [InlineData("\"Segment\": { \"Events\": [] }", "Connections:till:Segment", "is a section of source Segment")]
    [InlineData("\"WriteKeys\": [\"nohyphenatall\"]", "Connections:till:WriteKeys:0", "must hold a hyphen")]
    [InlineData("\"DatasetId\": null", "Connections:till:DatasetId", "dataset id")]
    public void Its_settings_are_read_and_checked_like_those_of_any_source(string setting, string key, string message)
    {
        var connection = new JsonObject
        {
            ["Source"] = "kassa",
            ["WriteKeys"] = new JsonArray("kassa-key-1"),
            ["AccessToken"] = "t0ken",
            ["DatasetId"] = "5",
        };
        foreach (var (name, value) in JsonNode.Parse($"{{{setting}}}")!.AsObject())
        {
            connection[name] = value?.DeepClone();
        }

        var json = new JsonObject { ["Connections"] = new JsonObject { ["till"] = connection } };
        var problems = new ConfigurationProblems();
        using var text = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(json));
        var options = ServiceConfiguration.Read(
            new ConfigurationBuilder().AddJsonStream(text).Build(),
            development: false,
            FiveSources.Protocols,
            problems
        );

        options.Connections["till"].Source.Should().Be(KassaDefinition.Instance);
        problems.All.Should().ContainSingle(problem => problem.Key == key).Which.Message.Should().Contain(message);
    }

    [Fact]
    public async Task The_service_without_it_does_not_start_with_such_a_connection_and_names_the_sources_that_it_has()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] args =
        [
            "--check",
            "--Connections:till:Source=Kassa",
            "--Connections:till:WriteKeys:0=kassa-key-1",
            "--Connections:till:AccessToken=t0ken",
            "--Connections:till:DatasetId=5",
        ];

        var known = Server.Ingestion.Protocols.VendorProtocols.All;
        (await InformationCommands.RunAsync(args, known, output, errors)).Should().Be(1);
        errors.ToString().Should().Contain("Connections:till:Source: Kassa is not allowed").And.Contain("Segment");

        (await InformationCommands.RunAsync(args, FiveSources.Protocols, output, errors))
            .Should()
            .Be(0, errors.ToString());
        output.ToString().Should().Contain("till: Kassa, ConversionsApi, datasets 5, 1 write key");
    }

    [Fact]
    public async Task The_banner_shows_a_command_for_it_in_Development()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            FiveSources.WithSandbox.Replace("kassa-key-1", "demo-kassa-key", StringComparison.Ordinal),
            "Development",
            protocols: FiveSources.Protocols
        );

        ActivatorUtilities
            .CreateInstance<StartUpBanner>(service.Services)
            .Text(service.Http.BaseAddress!)
            .Should()
            .Contain("/kassa/till/receipt' -H 'X-Kassa-Key: demo-kassa-key'");
    }
}
