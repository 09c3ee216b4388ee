using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class StartUpWarningsTests
{
    private const string Delivers = "events are delivered to the built-in sandbox and do not reach Meta";
    private const string Shows = "its routes (/sandbox) need no key and show stored events to whoever reaches";

    [Theory]
    [InlineData("Production", true, null, null, Delivers, Shows + " this service; set Admin:Port")]
    [InlineData("Production", true, 9090, null, Delivers, Shows + " Admin:Port 9090")]
    [InlineData("Staging", true, null, null, Delivers, Shows + " this service")]
    [InlineData("Production", true, null, "https://graph.example.com", Shows + " this service")]
    [InlineData("Development", true, null, null)]
    [InlineData("Production", false, null, null)]
    public async Task The_sandbox_outside_Development_is_warned_about(
        string environment,
        bool isEnabled,
        int? port,
        string? graph,
        params string[] warnings
    )
    {
        var options = new ServiceOptions { Sandbox = { Enabled = isEnabled }, Admin = { Port = port } };
        options.Connections["stores"] = new ConnectionOptions();
        options.Graph.BaseAddress = graph is null ? options.Graph.BaseAddress : new Uri(graph);
        var log = new CapturedLog();
        var started = new StartUpWarnings(
            options,
            VendorProtocols.All,
            new GraphVersions(options.Graph, TimeProvider.System, NullLogger<GraphVersions>.Instance),
            new HostingEnvironment { EnvironmentName = environment },
            log.For<StartUpWarnings>()
        );

        await started.StartAsync(default);

        log.Lines.Should().HaveCount(warnings.Length);
        log.Lines.Select(line => line.Level).Should().AllBeEquivalentTo(LogLevel.Warning);
        foreach (var (line, warning) in log.Lines.Zip(warnings))
        {
            line.Text.Should().Contain(warning);
        }
    }
}
