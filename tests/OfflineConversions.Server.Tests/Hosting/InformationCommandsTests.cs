using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class InformationCommandsTests : IDisposable
{
    private const string Settings = """
        {
          "Outbox": { "Path": "nowhere/outbox.db" },
          "Connections": {
            "stores": { "Source": "Segment", "WriteKeys": ["stores-key", "next-stores-key"], "AccessToken": "t0ken",
                        "TestEventCode": "TEST123", "Segment": { "Events": [{ "Event": "Order Completed",
                          "EventSetId": "42" }] } }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Help_names_the_options_and_the_documentation()
    {
        (await RunAsync("--help")).Should().Be(0);

        _output
            .ToString()
            .Should()
            .ContainAll("Usage:", "--config", "--urls", "--check", "--online", "docs/reference/configuration.md");
    }

    [Fact]
    public async Task Version_prints_the_version()
    {
        (await RunAsync("--version")).Should().Be(0);

        _output.ToString().Trim().Should().Be($"OfflineConversions {ProgramVersion.Text}");
    }

    [Fact]
    public async Task Check_summarises_a_valid_configuration_without_its_secrets_and_opens_nothing()
    {
        (await RunAsync("--check", "--config", Write(Settings))).Should().Be(0, _errors.ToString());

        _output
            .ToString()
            .Should()
            .Contain("stores: Segment, ConversionsApi, datasets 42, 2 write keys; test event code TEST123 is set")
            .And.Contain("https://graph.facebook.com")
            .And.NotContain("stores-key")
            .And.NotContain("t0ken");
        Directory.Exists("nowhere").Should().BeFalse();
    }

    [Theory]
    [InlineData("", "outbox.db, not encrypted")]
    [InlineData(", \"Encrypt\": true", "outbox.db, encrypted with the keys in *nowhere/outbox.db.keys")]
    [InlineData(", \"KeyDirectory\": \"the-keys\"", "outbox.db, encrypted with the keys in *the-keys")]
    [InlineData(", \"KeyDirectory\": \"the-keys\", \"Encrypt\": false", "outbox.db, not encrypted")]
    public async Task The_summary_says_whether_the_outbox_is_encrypted(string setting, string line)
    {
        var settings = Settings.Replace("outbox.db\"", $"outbox.db\"{setting}", StringComparison.Ordinal);

        (await RunAsync("--check", "--config", Write(settings))).Should().Be(0, _errors.ToString());

        _output.ToString().Split('\n').Single(text => text.Contains("Outbox ")).Should().Match($"*{line}");
    }

    [Fact]
    public async Task Check_reports_the_problems_of_an_invalid_configuration()
    {
        (
            await RunAsync(
                "--check",
                "--config",
                Write(Settings.Replace("\"Segment\",", "\"Segmint\",", StringComparison.Ordinal))
            )
        )
            .Should()
            .Be(1);

        _errors.ToString().Should().Contain("Connections:stores:Source: Segmint is not allowed");
        _output.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task Other_arguments_start_the_service() =>
        (await RunAsync("--urls", "http://localhost:5001")).Should().BeNull();

    private Task<int?> RunAsync(params string[] args) =>
        InformationCommands.RunAsync(args, VendorProtocols.All, _output, _errors);

    private string Write(string settings)
    {
        File.WriteAllText(_folder.File("settings.json"), settings);
        return _folder.File("settings.json");
    }
}
