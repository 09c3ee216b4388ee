using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Hosting;

/// <summary>What the command refuses before it moves anything.</summary>
public sealed class MoveOutboxCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Theory]
    [InlineData("Oracle")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("Sqlite,PostgreSql")]
    [InlineData(" PostgreSql ")]
    [InlineData("")]
    public async Task It_has_to_know_where_to_by_name(string store)
    {
        (await RunAsync("", "--to", store)).Should().Be(1);

        _errors.ToString().Should().Contain("move-outbox --to PostgreSql").And.Contain("move-outbox --to Sqlite");
    }

    [Fact]
    public async Task It_needs_the_settings_of_both_outboxes()
    {
        (await RunAsync("", "--to", "Sqlite")).Should().Be(1);

        _errors.ToString().Should().ContainAll("Outbox:Provider", "Outbox:ConnectionString", "Outbox:Path");
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_named_and_not_created()
    {
        (
            await RunAsync(
                """, "Provider": "PostgreSql", "ConnectionString": "Host=127.0.0.1;Port=1" """,
                "--to",
                "PostgreSql"
            )
        )
            .Should()
            .Be(1);

        _errors.ToString().Should().Contain("There is no outbox to move").And.Contain("outbox.db");
        File.Exists(_folder.File("outbox.db")).Should().BeFalse();
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_reported()
    {
        (
            await RunAsync(
                """, "Provider": "PostgreSql", "ConnectionString": "Host=127.0.0.1;Port=1" """,
                "--to",
                "Sqlite"
            )
        )
            .Should()
            .Be(1);

        _errors.ToString().Trim().Should().Be("The database cannot be reached.");
        File.Exists(_folder.File("outbox.db")).Should().BeFalse();
    }

    [Fact]
    public async Task A_configuration_with_problems_moves_nothing()
    {
        (await RunAsync(""", "Provider": "PostgreSql" """, "--to", "Sqlite")).Should().Be(1);

        _errors.ToString().Should().Contain("Outbox:ConnectionString");
    }

    private Task<int> RunAsync(string settings, params string[] args)
    {
        var path = _folder.File("settings.json");
        File.WriteAllText(
            path,
            $$"""
            {
              "Outbox": { "Path": "{{_folder.File("outbox.db")}}" {{settings}} },
              "Connections": {
                "stores": { "Source": "Segment", "WriteKeys": ["stores-key"], "AccessToken": "t0ken",
                            "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "42" }] } }
              }
            }
            """
        );
        return MoveOutboxCommand.RunAsync(
            ["move-outbox", .. args, "--config", path],
            VendorProtocols.All,
            _output,
            _errors
        );
    }
}
