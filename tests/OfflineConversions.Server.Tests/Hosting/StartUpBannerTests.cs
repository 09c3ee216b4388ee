using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class StartUpBannerTests
{
    private const string Demo = """
        "Sandbox": { "Enabled": true },
        "Connections": {
          "demo-mparticle": { "Source": "MParticle", "WriteKeys": ["demo-m:demo-s"], "AccessToken": "t0ken",
            "DatasetId": "1" },
          "demo-segment": { "Source": "Segment", "WriteKeys": ["demo-seg"], "AccessToken": "t0ken",
            "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } },
          "demo-rudderstack": { "Source": "RudderStack", "WriteKeys": ["demo-rud"], "AccessToken": "t0ken",
            "RudderStack": { "EventsToIds": [{ "From": "AddToCart", "To": "3" }] } },
          "demo-commandersact": { "Source": "CommandersAct", "WriteKeys": ["demo-com"],
            "AccessToken": "t0ken", "DatasetId": "4" }
        }
        """;

    [Fact]
    public async Task Every_command_of_the_banner_puts_an_event_through_as_printed()
    {
        await using var service = await ServiceUnderTest.StartAsync(Demo, "Development");
        var banner = ActivatorUtilities.CreateInstance<StartUpBanner>(service.Services).Text(service.Http.BaseAddress!);
        var commands = banner.Split('\n').Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToArray();

        banner.Should().Contain("/swagger").And.Contain("/sandbox");
        commands.Should().HaveCount(4);
        foreach (var command in commands)
        {
            using var bash = Process.Start(
                new ProcessStartInfo("bash", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true }
            )!;
            var answer = await bash.StandardOutput.ReadToEndAsync();

            JsonElement
                .Parse(answer)
                .GetProperty("events")[0]
                .GetProperty("outcome")
                .GetString()
                .Should()
                .Be("accepted", answer);
        }
    }

    [Fact]
    public async Task A_real_key_is_not_shown_in_Development_either_whatever_its_connection_is_called()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            Demo.Replace("[\"demo-seg", "[\"real-seg\", \"demo-seg", StringComparison.Ordinal)
                .Replace("[\"demo-rud", "[\"real-rud", StringComparison.Ordinal),
            "Development"
        );

        var shown =
            ActivatorUtilities.CreateInstance<StartUpBanner>(service.Services).Text(service.Http.BaseAddress!)
            + await service.Http.GetStringAsync("/openapi/v1.json");

        shown
            .Should()
            .Contain("demo-seg:")
            .And.Contain("demo-com")
            .And.NotContain("real-seg")
            .And.NotContain("real-rud");
    }

    [Fact]
    public async Task Outside_Development_no_key_is_known_that_could_be_printed()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            Demo.Replace("[\"demo-", "[\"some-", StringComparison.Ordinal)
        );

        ActivatorUtilities
            .CreateInstance<StartUpBanner>(service.Services)
            .Text(service.Http.BaseAddress!)
            .Should()
            .NotContain("curl");
    }
}
