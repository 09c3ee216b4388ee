using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Doctor;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Hosting;

/// <summary><c>--check --online</c>, with the sandbox as Meta.</summary>
public sealed class OnlineCheckTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.StartAsync();

    public async Task DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _output.DisposeAsync();
        await _errors.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_connection_that_could_deliver_has_five_good_lines_and_no_event_is_recorded()
    {
        (await CheckAsync()).Should().Be(0, _errors.ToString());

        Lines()
            .Should()
            .BeEquivalentTo(
                "ok       stores: token: The token is valid and has no end.",
                "ok       stores: permission: The token may send to dataset 41, 42.",
                "ok       stores: dataset: Meta knows dataset 41, 42.",
                "ok       stores: version: Meta accepts Graph:ApiVersion v27.0.",
                "ok       stores: test event code: None is set, as it should be for real sales."
            );
        _output.ToString().Should().EndWith("Every connection can deliver.\n");
        (await _sandbox.GetAsync("/sandbox/events")).Should().Contain("\"received\":0");
        Directory.EnumerateFileSystemEntries(_folder.File("outbox")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"code":190,"subcode":463}""", "token", "Generate a system user's token")]
    [InlineData("""{"code":104}""", "token", "Set the secret of the app")]
    [InlineData("""{"code":10}""", "permission", "Dataset 41: ")]
    [InlineData("""{"code":100,"message":"(#100) Missing Permission","dataset":"42"}""", "permission", "Dataset 42: ")]
    [InlineData("""{"code":100,"subcode":33,"dataset":"42"}""", "dataset", "Dataset 42: ")]
    [InlineData(
        """{"code":2635,"message":"(#2635) You are calling a deprecated version"}""",
        "version",
        "Graph:ApiVersion v27.0"
    )]
    public async Task What_Meta_refuses_is_a_problem_of_one_aspect_with_its_remedy(
        string fault,
        string aspect,
        string words
    )
    {
        await _sandbox.PostAsync("/sandbox/faults", fault);

        (await CheckAsync()).Should().Be(1);

        var problem = Lines().Should().ContainSingle(line => line.StartsWith("problem ")).Subject;
        problem.Should().StartWith($"problem  stores: {aspect}: ").And.Contain(words);
        _output.ToString().Should().Contain("Not every connection can deliver").And.NotContain("t0ken");
    }

    [Fact]
    public async Task A_token_that_ends_soon_and_a_test_event_code_are_warnings_and_record_no_event()
    {
        var end = DateTimeOffset.UtcNow.AddDays(5).ToString("O");
        await _sandbox.PostAsync("/sandbox/tokens", $$"""{"token":"t0ken","expiresAt":"{{end}}"}""");

        (await CheckAsync(""" "TestEventCode": "TEST123", """)).Should().Be(0);

        Lines().Where(line => line.StartsWith("warning ", StringComparison.Ordinal)).Should().HaveCount(2);
        _output.ToString().Should().Contain("Remove TestEventCode").And.Contain("Generate a new one before");
        (await _sandbox.GetAsync("/sandbox/events")).Should().Contain("\"received\":0");
    }

    [Fact]
    public async Task A_version_that_ends_soon_is_a_warning()
    {
        (await CheckAsync(more: """ "Graph": { "ApiVersion": "v2.0" }, """)).Should().Be(0);
        Lines().Should().ContainSingle(line => line.StartsWith("warning  stores: version: Graph:ApiVersion v2.0"));
    }

    [Fact]
    public async Task A_connection_without_a_dataset_and_an_unreachable_Meta_are_no_success()
    {
        (await CheckAsync(events: "")).Should().Be(1);
        Lines().Should().Contain(line => line.StartsWith("problem  stores: dataset: The connection names no dataset"));

        await _sandbox.DisposeAsync();
        (await CheckAsync()).Should().Be(1);
        Lines().Should().Contain(line => line.StartsWith("unknown  stores: token: "));
    }

    [Fact]
    public async Task An_invalid_configuration_is_not_asked_about()
    {
        (await CheckAsync(""" "DefaultCurrency": "EURO", """)).Should().Be(1);
        _errors.ToString().Should().Contain("DefaultCurrency");
        _sandbox.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task With_the_built_in_sandbox_there_is_nothing_to_ask()
    {
        await File.WriteAllTextAsync(
            _folder.File("settings.json"),
            """
            { "Sandbox": { "Enabled": true }, "Connections": { "stores": { "Source": "CommandersAct",
              "WriteKeys": ["stores-key"], "AccessToken": "t0ken", "DatasetId": "4" } } }
            """
        );
        (await RunAsync()).Should().Be(0, _errors.ToString());
        _output.ToString().Should().Contain("built-in sandbox, which takes every token");
    }

    private IReadOnlyList<string> Lines() =>
        [
            .. _output
                .ToString()
                .Split('\n')
                .Where(line => !line.StartsWith(' ') && line.Contains(" stores: ", StringComparison.Ordinal)),
        ];

    private async Task<int?> CheckAsync(
        string settings = "",
        string events =
            """
                { "Event": "Order Completed", "EventSetId": "41" }, { "Event": "Refund", "EventSetId": "42" }
                """,
        string more = ""
    )
    {
        Directory.CreateDirectory(_folder.File("outbox"));
        var graph = $"\"BaseAddress\": \"{_sandbox.Address}\"";
        more = more.Length > 0 ? more.Replace("{ ", $"{{ {graph}, ") : $"\"Graph\": {{ {graph} }},";
        await File.WriteAllTextAsync(
            _folder.File("settings.json"),
            $$"""
            { "Outbox": { "Path": "{{_folder.File("outbox")}}/outbox.db" }, {{more}}
              "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["stores-key"], "AccessToken": "t0ken",
                {{settings}} "Segment": { "Events": [{{events}}] } } } }
            """
        );
        return await RunAsync();
    }

    private Task<int?> RunAsync() =>
        InformationCommands.RunAsync(
            ["--check", "--online", "--config", _folder.File("settings.json")],
            VendorProtocols.All,
            _output,
            _errors
        );
}
