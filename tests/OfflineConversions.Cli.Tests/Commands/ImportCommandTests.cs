namespace OfflineConversions.Cli.Tests.Commands;

public class ImportCommandTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task A_file_is_imported_and_the_summary_says_what_came_of_its_rows()
    {
        var file = await service.WriteAsync(
            "one.csv",
            RunningService.Orders(3, "one") + "one4,2020-01-01,a@b.com,1,EUR\n"
        );

        var run = await service.RunAsync("import", file, "--connection", "tills");

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        run.Output.Should().Contain("completed").And.Contain("too_old 1");
        run.Output.Should().MatchRegex("rows +4 ").And.MatchRegex("accepted +3\n").And.MatchRegex("rejected +1\n");
        run.Output.Should().MatchRegex("5 +event_time +too_old", "the header is row 1");
    }

    [Fact]
    public async Task The_summary_is_the_services_JSON_if_that_is_asked_for()
    {
        var file = await service.WriteAsync("json.csv", RunningService.Orders(2, "json"));

        var run = await service.RunAsync("import", file, "-c", "tills", "--json", "--id", "by-hand");

        run.Errors.Should().BeEmpty();
        run.Json.GetProperty("id").GetString().Should().Be("by-hand");
        run.Json.GetProperty("state").GetString().Should().Be("completed");
        run.Json.GetProperty("accepted").GetInt64().Should().Be(2);
    }

    [Fact]
    public async Task A_dry_run_counts_and_queues_nothing()
    {
        var file = await service.WriteAsync("dry.csv", RunningService.Orders(3, "dry"));

        var first = await service.RunAsync("import", file, "-c", "tills", "--dry-run", "--json");
        var second = await service.RunAsync("import", file, "-c", "tills", "--dry-run");
        var real = await service.RunAsync("import", file, "-c", "tills", "--json");

        first.Json.GetProperty("accepted").GetInt64().Should().Be(3);
        second.Output.Should().Contain("Dry run").And.Contain("nothing was queued");
        real.Json.GetProperty("accepted").GetInt64().Should().Be(3, "the dry runs queued nothing");
    }

    [Fact]
    public async Task The_same_file_again_sends_nothing_twice_even_where_repeats_are_allowed()
    {
        var file = await service.WriteAsync("again.csv", RunningService.Orders(5, "again"));
        await service.RunAsync("import", file, "-c", "twice");
        var before = await AcceptedAsync("twice");

        var run = await service.RunAsync("import", file, "-c", "twice");

        run.Code.Should().Be(ExitCode.Success);
        run.Errors.Should().Contain("was imported on");
        (await AcceptedAsync("twice")).Should().Be(before);
    }

    [Fact]
    public async Task Again_gives_rejected_rows_another_try_and_what_was_accepted_is_a_duplicate()
    {
        var file = await service.WriteAsync("anew.csv", RunningService.Orders(2, "anew"));
        await service.RunAsync("import", file, "-c", "tills");

        var run = await service.RunAsync("import", file, "-c", "tills", "--again", "--json");

        run.Json.GetProperty("reasons").GetProperty("duplicate").GetInt64().Should().Be(2);
    }

    [Fact]
    public async Task Rejected_rows_are_a_problem_only_if_the_import_is_strict()
    {
        var file = await service.WriteAsync("strict.csv", "order_id,email,value\nstrict1,,1\n");

        (await service.RunAsync("import", file, "-c", "tills")).Code.Should().Be(ExitCode.Success);
        (await service.RunAsync("import", file, "-c", "tills", "--strict")).Code.Should().Be(ExitCode.Problem);
    }

    [Fact]
    public async Task Standard_input_is_imported_too()
    {
        var run = await CliRun.OfAsync(
            service.Variables,
            RunningService.Orders(4, "piped"),
            CancellationToken.None,
            "import",
            "-",
            "-c",
            "tills",
            "--json"
        );

        run.Json.GetProperty("accepted").GetInt64().Should().Be(4);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 a workbook", "workbook")]
    [InlineData("", "empty")]
    public async Task A_file_that_cannot_be_read_is_refused_in_the_services_words(string content, string word)
    {
        var file = await service.WriteAsync("hostile.csv", content);

        var run = await service.RunAsync("import", file, "-c", "tills", "--again");

        run.Code.Should().Be(ExitCode.Refused, run.Errors);
        run.Errors.Should().Contain(word);
    }

    [Fact]
    public async Task A_connection_that_does_not_exist_is_refused_with_the_names_that_do()
    {
        var file = await service.WriteAsync("nowhere.csv", "a\n1\n");

        var run = await service.RunAsync("import", file, "-c", "nowhere");

        run.Code.Should().Be(ExitCode.Refused);
        run.Errors.Should().Contain("tills").And.Contain("stores");
    }

    [Fact]
    public async Task A_wrong_key_is_refused_before_the_file_is_on_its_way()
    {
        var file = await service.WriteAsync("locked.csv", RunningService.Orders(1, "locked"));
        var key = await service.WriteAsync("wrong.key", "not-the-key");

        var run = await service.RunAsync("import", file, "-c", "tills", "--key-file", key);

        run.Code.Should().Be(ExitCode.Unauthorized);
        run.Errors.Should().Contain("does not accept the key").And.NotContain("not-the-key");
    }

    [Fact]
    public async Task The_rejected_rows_are_printed_as_the_services_CSV_and_as_JSON()
    {
        var file = await service.WriteAsync("refused.csv", "order_id,email,value\nr1,,1\nr2,a@b.com\n");
        await service.RunAsync("import", file, "-c", "tills", "--id", "refused");

        var csv = await service.RunAsync("rejected", "refused");
        var json = await service.RunAsync("rejected", "refused", "--json");

        csv.Output.ReplaceLineEndings("\n")
            .Should()
            .StartWith("row,column,reason\n2,")
            .And.Contain("3,,wrong_column_count");
        json.Json.GetProperty("items")[1].GetProperty("row").GetInt64().Should().Be(3);
        (await service.RunAsync("rejected", "nothing")).Code.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task The_history_lists_imports_and_shows_one()
    {
        var file = await service.WriteAsync("history.csv", RunningService.Orders(2, "history"));
        await service.RunAsync("import", file, "-c", "tills", "--id", "history");

        (await service.RunAsync("imports")).Output.Should().MatchRegex("history +tills .* completed +2 +2 +0 +0");
        (await service.RunAsync("imports", "history")).Output.Should().Contain("Import history for connection tills");
        (await service.RunAsync("imports", "nothing")).Code.Should().Be(ExitCode.NotFound);
        (await service.RunAsync("cancel", "history")).Code.Should().Be(ExitCode.Problem, "it had ended");
    }

    private async Task<long> AcceptedAsync(string connection) =>
        (await service.CallAsync(HttpMethod.Get, "/api/ledger"))
            .EnumerateArray()
            .Where(line => line.GetProperty("connection").GetString() == connection)
            .Sum(line => line.GetProperty("accepted").GetInt64());
}
