using System.Text.Json;

namespace OfflineConversions.Cli.Tests.Commands;

/// <summary>What an operator does with a service that runs.</summary>
public class OperateTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task Connections_are_listed_with_their_state()
    {
        var all = await service.RunAsync("connections");
        var one = await service.RunAsync("connections", "tills", "--json");
        var none = await service.RunAsync("connections", "nowhere");

        all.Output.Should().MatchRegex("stores +Segment +active").And.MatchRegex("tills +File +active");
        one.Json.GetProperty("name").GetString().Should().Be("tills");
        none.Code.Should().Be(ExitCode.NotFound);
        none.Errors.Should().Contain("tills");
    }

    [Fact]
    public async Task An_event_is_found_by_its_id_and_by_the_number_of_its_order()
    {
        await service.PostSaleAsync("found/1");
        await Wait.UntilAsync(async () => (await service.RunAsync("events", "found/1")).Output.Contains("delivered"));

        var byId = await service.RunAsync("events", "found/1");
        var byOrder = await service.RunAsync("events", "no-found/1");
        var json = await service.RunAsync("events", "no-found/1", "--order", "--json");

        byId.Output.Should().Contain("Event found/1").And.Contain("Order Completed: accepted");
        byId.Output.Should().Contain("Purchase to dataset 2: delivered").And.Contain("1 attempt");
        byId.Output.Should().Contain("Meta: fbtrace_id ", "Meta has no error to report");
        byOrder.Output.Should().Contain("Order Completed: accepted");
        json.Json.GetProperty("items").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task An_event_that_never_arrived_is_not_found()
    {
        var run = await service.RunAsync("events", "never");

        run.Code.Should().Be(ExitCode.NotFound);
        run.Errors.Should().Contain("Nothing is known of never");
    }

    [Fact]
    public async Task Failed_events_are_listed_counted_and_replayed()
    {
        await RefuseNextAsync();
        await service.PostSaleAsync("refused-1");
        await Wait.UntilAsync(async () => (await service.RunAsync("failed")).Output.Contains("refused-1"));

        var listed = await service.RunAsync("failed", "--json");
        var causes = await service.RunAsync("failed", "--causes", "-c", "stores");
        var plan = await service.RunAsync("replay", "-c", "stores", "--dry-run");
        var unconfirmed = await service.RunAsync("replay", "-c", "stores");
        var id = listed.Json.GetProperty("items")[0].GetProperty("id").GetInt64();
        var replayed = await service.RunAsync("replay", $"{id}", "--yes");

        causes.Output.Should().MatchRegex("1 +stores +2 +refused_by_meta");
        plan.Output.Should().Contain("1 event would be sent again.").And.Contain("refused_by_meta");
        unconfirmed.Code.Should().Be(ExitCode.Usage);
        unconfirmed.Errors.Should().Contain("--yes");
        replayed.Output.Should().Contain("1 event will be sent again.");
        await Wait.UntilAsync(async () => (await service.RunAsync("events", "refused-1")).Output.Contains("delivered"));
        (await service.RunAsync("failed")).Output.Should().Contain("No event has failed.");
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "1", "--all")]
    [InlineData("replay", "--all", "-c", "stores")]
    [InlineData("replay", "--all", "--to-dataset", "3")]
    [InlineData("failed", "--since", "yesterday")]
    [InlineData("failed", "--limit", "0")]
    [InlineData("connections", "--nonsense")]
    [InlineData("nonsense")]
    [InlineData("import", "file.csv")]
    [InlineData("import", "file.csv", "-c", "tills", "--id", "a", "--again")]
    [InlineData("completion", "tcsh")]
    public async Task A_wrong_command_line_ends_with_2_and_does_nothing(params string[] args) =>
        (await service.RunAsync(args)).Code.Should().Be(ExitCode.Usage);

    [Fact]
    public async Task A_test_proves_at_Meta_that_a_connection_could_deliver()
    {
        var run = await service.RunAsync("test", "tills");
        var json = await service.RunAsync("test", "tills", "--json");

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        run.Output.Should().Contain("ok       dataset 5:");
        json.Json.GetProperty("ok").GetBoolean().Should().BeTrue();
        (await service.RunAsync("test", "nowhere")).Code.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task A_check_says_of_service_key_and_connections_how_they_are()
    {
        var run = await service.RunAsync("check", "--online");
        var json = await service.RunAsync("check", "--json");

        run.Code.Should().Be(ExitCode.Success, run.Output);
        run.Output.Should().Contain("ok       service:").And.Contain("ok       key:");
        run.Output.Should().Contain("ok       connection tills: It delivers.").And.Contain("dataset 5:");
        json.Json.GetProperty("ok").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_preview_shows_what_Meta_would_get_of_the_first_rows()
    {
        var file = await service.WriteAsync("preview.csv", RunningService.Orders(9, "preview"));

        var run = await service.RunAsync("preview", file, "-c", "tills", "--rows", "2");
        var json = await service.RunAsync("preview", file, "-c", "tills", "--json");

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        run.Output.Should().Contain("Event 2: accepted").And.NotContain("Event 3");
        run.Output.Should().Contain("\"event_name\": \"Purchase\"").And.NotContain("jane1@example.com");
        json.Json.GetProperty("events").GetArrayLength().Should().Be(5);
    }

    [Fact]
    public async Task The_tail_shows_outcomes_and_deliveries_as_they_happen()
    {
        var tailing = service.RunAsync("tail", "-c", "stores", "--max", "8", "--json");
        var sale = 0;
        await Wait.UntilAsync(async () =>
        {
            await service.PostSaleAsync($"tailed-{sale++}");
            return tailing.IsCompleted;
        });

        var messages = (await tailing).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        messages.Should().HaveCount(8);
        messages
            .Select(message => JsonElement.Parse(message).GetProperty("event").GetString())
            .Should()
            .Contain("outcome")
            .And.Contain("delivery");
        messages.Should().OnlyContain(message => message.Contains("\"connection\":\"stores\""));
    }

    [Fact]
    public async Task A_name_with_control_characters_does_not_reach_the_terminal()
    {
        var run = await service.RunAsync("events", "a\u001b[2J");

        run.Errors.Should().NotContain("\u001b").And.Contain("a�[2J");
    }

    private Task<JsonElement> RefuseNextAsync() =>
        service.CallAsync(
            HttpMethod.Post,
            "/sandbox/faults",
            """{"eventId":"refused-1","code":100,"subcode":2804019,"times":1}"""
        );
}
