using System.Net;
using System.Net.Sockets;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.StartUp;

/// <summary>Starts that must fail: the operator reads what to fix, and no stack trace.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Wrong_settings_stop_the_process_with_a_message_that_names_each_of_them()
    {
        var (exitCode, output) = await ServiceProcess.RunAsync(
            _folder,
            """
            "Sandbx": { "Enabled": true }, "Delivery": { "FlushIntervall": "00:00:01" }, "Graph": { "Timeout": "soon" },
            "Connections": { "stores": { "Source": "Shopify", "WriteKeys": ["k"], "AccessToken": "t" } }
            """
        );

        exitCode.Should().Be(1);
        output
            .Should()
            .ContainAll("Sandbx:", "Delivery:FlushIntervall:", "Graph:Timeout:", "Connections:stores:Source:");
        HasNoStackTrace(output);
    }

    [Fact]
    public async Task A_settings_file_that_is_not_JSON_stops_the_process_with_its_name_and_the_position()
    {
        var (exitCode, output) = await ServiceProcess.RunAsync(_folder, "\"Graph\": { \"Timeout\"");

        exitCode.Should().Be(1);
        output.Should().Contain("--config").And.Contain("settings.json").And.Contain("LineNumber");
        HasNoStackTrace(output);
    }

    [Fact]
    public async Task A_missing_settings_file_stops_the_process_with_its_name()
    {
        var (exitCode, output) = await ServiceProcess.RunAsync(_folder, settings: null, "--config", "elsewhere.json");

        exitCode.Should().Be(1);
        output.Should().Contain("--config").And.Contain("elsewhere.json");
        HasNoStackTrace(output);
    }

    [Fact]
    public async Task A_second_process_on_the_same_outbox_stops_and_says_that_the_file_is_in_use()
    {
        OutboxUnderTest.MustBeFile();
        await using var first = await ServiceProcess.StartAsync(_folder, Settings.OwnSandbox);

        var (exitCode, output) = await ServiceProcess.RunAsync(_folder, Settings.OwnSandbox);

        exitCode.Should().Be(1);
        output.Should().Contain("in use by another process").And.Contain("Outbox:Path");
        HasNoStackTrace(output);
        (await first.Http.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_port_in_use_stops_the_process_with_its_address()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (exitCode, output) = await ServiceProcess.RunAsync(
            _folder,
            Settings.OwnSandbox,
            "--urls",
            $"http://{taken.LocalEndpoint}"
        );

        exitCode.Should().Be(1);
        output
            .Should()
            .Contain(taken.LocalEndpoint.ToString())
            .And.Contain("address already in use")
            .And.Contain("--urls http://localhost:5001");
        HasNoStackTrace(output);
    }

    [Theory]
    [InlineData("", "--urls", "http://127.0.0.1:28765;http://127.0.0.2:28765")]
    [InlineData("\"Kestrel\": { \"Endpoints\": { \"Shop\": { \"Url\": \"http://127.0.0.1:28765\" } } },")]
    public async Task An_operator_port_that_leaves_no_port_for_events_stops_the_process(
        string settings,
        params string[] args
    )
    {
        var (exitCode, output) = await ServiceProcess.RunAsync(
            _folder,
            settings
                + Settings.OwnSandbox.Replace(
                    "\"Admin\": {",
                    "\"Admin\": { \"Port\": 28765,",
                    StringComparison.Ordinal
                ),
            args
        );

        exitCode.Should().Be(1);
        output.Should().Contain("Admin:Port is 28765").And.Contain("Urls or Kestrel:Endpoints");
    }

    [Theory]
    [InlineData(
        "\"Urls\": \"http://[bad\"",
        "Urls: the value is not an address to listen on; write scheme, host and port, for example http://*:8080"
    )]
    [InlineData(
        "\"Urls\": \"foo\"",
        "Urls: foo is not an address to listen on; write scheme, host and port, for example http://*:8080"
    )]
    [InlineData("\"Urls\": \"http://localhost:0\"", "Urls, Http_Ports, Https_Ports and the section Kestrel")]
    [InlineData("\"Urls\": \"http://127.0.0.256:8080\"", "is not an address to listen on")]
    [InlineData("\"Urls\": \"foo\", \"Admin\": { \"Port\": 9001 }", "Urls: foo is not")]
    [InlineData(
        "\"Kestrel\": { \"Endpoints\": { \"Web\": { \"Protocols\": \"Http1\" } } }",
        "Kestrel:Endpoints:Web:Url: an empty value is not an address"
    )]
    [InlineData(
        """
            "Kestrel": { "Endpoints": { "Web": { "Url": "https://127.0.0.1:0", "SslProtocols": ["Tls99"] } } }
            """,
        "Urls, Http_Ports, Https_Ports and the section Kestrel"
    )]
    public async Task An_unusable_address_stops_the_process_with_what_to_fix(string setting, string message)
    {
        var (exitCode, output) = await ServiceProcess.RunAsync(_folder, $"{setting}, {Settings.OwnSandbox}");

        exitCode.Should().Be(1);
        output.Should().Contain(message);
        HasNoStackTrace(output);
    }

    public void Dispose() => _folder.Dispose();

    private static void HasNoStackTrace(string output) =>
        output.Should().NotContain("   at ").And.NotContain("Unhandled exception");
}
