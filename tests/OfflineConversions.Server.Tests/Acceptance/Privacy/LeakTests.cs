using FluentAssertions.Execution;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>
/// Plants canaries in every field, header and failure path of a real process that logs everything it can, and then
/// searches for them everywhere. The clear values that Meta requires (IP address, user agent, external id) may appear
/// in stored payloads and nowhere else; if payloads are encrypted, in no file at all.
/// </summary>
public sealed class LeakTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false, "Text", " DBG ")]
    [InlineData(true, "Json", "\"@l\":\"Debug\"")]
    public async Task No_personal_data_and_no_secret_appears_in_a_log_file_response_metric_or_trace_whatever_fails(
        bool encrypted,
        string logFormat,
        string debugLevel
    )
    {
        await using var graph = await QuotingGraph.StartAsync();
        var settings = $"\"Logs\": {{ \"Format\": \"{logFormat}\" }}, {LeakSettings.For(graph.Address, encrypted)}";
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            settings,
            hook: typeof(StartupHook).Assembly.Location
        );
        var client = new CanaryClient(service);

        await ProvokeAsync(service, client, graph, settings);
        await service.KillAsync();

        var (log, telemetry) = (service.Output, await File.ReadAllTextAsync(_folder.File(StartupHook.File)));
        using var all = new AssertionScope();
        Canary.In(log).Should().BeEmpty("it is the log");
        client.Responses.SelectMany(response => Canary.In(response)).Should().BeEmpty("they were responses");
        client
            .PayloadResponses.SelectMany(response => Canary.In(response, isStored: true))
            .Should()
            .BeEmpty("they showed what is stored");
        NoFileHasCanaries(encrypted);
        await NoTableHasCanariesAsync(encrypted);
        graph
            .Headers.Keys.Should()
            .NotContain("traceparent")
            .And.NotContain("baggage", "what callers send along is not for Meta");
        client
            .PayloadResponses[^1]
            .Should()
            .Contain("\"refused\"")
            .And.Contain("\"named\"")
            .And.Contain(Canary.Id, "the event itself is shown");
        log.Should()
            .Contain(debugLevel)
            .And.Contain("halted at dataset", "without all of the log there would be nothing to search");
        telemetry
            .Should()
            .Contain("http.server.request.duration")
            .And.Contain("HttpRequestIn")
            .And.Contain("http.client.request.duration");
    }

    [Fact]
    public async Task A_refused_start_repeats_no_value_that_could_be_a_secret()
    {
        var (exit, output) = await ServiceProcess.RunAsync(_folder, LeakSettings.Wrong);

        exit.Should().Be(1);
        output.Should().Contain("Connections:wrong:BatchSize");
        Canary.In(output).Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Makes everything happen that could leak, and waits until it has happened.</summary>
    private async Task ProvokeAsync(ServiceProcess service, CanaryClient client, QuotingGraph graph, string settings)
    {
        var (source, op) = (new CanarySource(client), new CanaryOperator(client));
        var changes = ChangeSettingsAsync(service, settings);
        await source.PostEventsAsync();
        await source.PostRefusedAsync();
        await op.OperateAsync();
        await service.UntilAsync(() =>
            Task.FromResult(QuotingGraph.Troubles.All(graph.Asked.ContainsKey) && graph.Asked.ContainsKey("fine"))
        );
        await service.UntilAsync(async () => (await op.FailedAsync()).Split("\"refused_by_meta\"").Length > 2);
        await changes;
        await op.LookAsync();
    }

    private async Task ChangeSettingsAsync(ServiceProcess service, string settings)
    {
        const string Rejected = "Rejected the changed configuration";
        var changed = settings
            .Replace(Canary.Token, "kanariNewToken", StringComparison.Ordinal)
            .Replace("kanari-shared-header", "kanari-exchanged-header", StringComparison.Ordinal);
        await WriteSettingsAsync($"{{ {changed} }}");
        await service.UntilAsync(() => Task.FromResult(Says("Applied the changed configuration")));
        await WriteSettingsAsync($"{{ {LeakSettings.Wrong} }}");
        await service.UntilAsync(() => Task.FromResult(Says(Rejected)));
        var rejections = service.Output.Split(Rejected).Length;
        await WriteSettingsAsync($"{{ \"Admin\": {{ \"ApiKey\": {LeakSettings.AdminKey}");
        await service.UntilAsync(() => Task.FromResult(service.Output.Split(Rejected).Length > rejections));

        bool Says(string text) => service.Output.Contains(text, StringComparison.Ordinal);
    }

    private Task WriteSettingsAsync(string text) => File.WriteAllTextAsync(_folder.File("settings.json"), text);

    private void NoFileHasCanaries(bool encrypted)
    {
        var files = Directory
            .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("settings.json", StringComparison.Ordinal));
        Canary.In(files, storesClear: !encrypted).Should().BeEmpty("they are files");
        if (!OutboxUnderTest.IsFile)
        {
            return;
        }

        var outbox = Directory.EnumerateFiles(_folder.Path, "outbox.db*", SearchOption.AllDirectories);
        Canary
            .In(outbox, storesClear: false)
            .Any()
            .Should()
            .Be(!encrypted, "what Meta requires in clear is in payloads, and in no file if they are encrypted");
    }

    private async Task NoTableHasCanariesAsync(bool encrypted)
    {
        if (OutboxUnderTest.IsFile)
        {
            return;
        }

        var content = await PostgresServer.ContentAsync(await OutboxUnderTest.DatabaseAsync(_folder));
        Canary.In(content, isStored: !encrypted).Should().BeEmpty("it is the database");
        content.Contains("rudderstack", StringComparison.Ordinal).Should().BeTrue("names of connections are there");
    }
}
