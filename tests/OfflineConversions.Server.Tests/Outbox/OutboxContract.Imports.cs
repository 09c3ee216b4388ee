using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Imports: progress and events in one transaction, runs that fence each other, and the history.</summary>
public abstract partial class OutboxContract
{
    private static readonly NewImport November = new("november", "stores", IsDryRun: false, "10.0.0.7");

    [Fact]
    public async Task An_import_stores_its_events_with_its_progress()
    {
        var run = await BeginAsync(November);

        var append = await AppendRows(run, 2, Some.Entry("a"), Some.Entry("b"), Some.Entry("a"));

        append.IsStopped.Should().BeFalse();
        append.Appended.Stored.Should().Equal(true, true, false);
        (await Lease()).Texts().Should().Equal("""{"n":"a"}""", """{"n":"b"}""");
        var import = (await Outbox.FindImportAsync("november", default))!;
        import.State.Should().Be(ImportState.Running);
        import.StartedAt.Should().Be(Some.Now);
        import.EndedAt.Should().BeNull();
        import.Import.Should().Be(November);
        import.Progress.Should().BeEquivalentTo(Progress(2));
    }

    [Fact]
    public async Task The_step_of_an_import_sees_what_was_stored()
    {
        await Append(Some.Entry("a"));
        var run = await BeginAsync(November);
        IReadOnlyList<bool> seen = [];

        await Outbox.AppendImportAsync(
            run,
            [Some.Entry("a"), Some.Entry("b")],
            null,
            appended =>
            {
                seen = [.. appended.Stored];
                return new ImportStep(Progress(2), []);
            },
            default
        );

        seen.Should().Equal(false, true);
    }

    [Fact]
    public async Task The_rows_of_an_import_are_in_the_journal()
    {
        var run = await BeginAsync(November);
        EventResult[] rows = [Accepted("a"), NotSent("b", Outcome.Rejected, "too_old")];

        await Outbox.AppendImportAsync(
            run,
            EntriesOf("stores", rows),
            new Arrivals("stores", "file", rows),
            _ => new ImportStep(Progress(2), []),
            default
        );

        (await OnlyAsync("a")).Deliveries.Single().State.Should().Be(DeliveryState.Pending);
        (await OnlyAsync("b")).Event.Reason.Should().Be("too_old");
    }

    [Fact]
    public async Task After_a_restart_an_import_is_interrupted_and_continues_where_it_was()
    {
        var first = await BeginAsync(November);
        await AppendRows(first, 2, Some.Entry("a"));

        await RestartAsync();

        (await Outbox.FindImportAsync("november", default))!.State.Should().Be(ImportState.Interrupted);
        var begun = await Outbox.BeginImportAsync(November, DateTimeOffset.MinValue, default);
        begun.IsTaken.Should().BeFalse();
        begun.Before!.Progress.Should().BeEquivalentTo(Progress(2));
        begun.Run.Import.Should().Be(first.Import);
        (await Outbox.FindImportAsync("november", default))!.State.Should().Be(ImportState.Running);
    }

    [Fact]
    public async Task An_earlier_run_of_an_import_stores_nothing_more()
    {
        var first = await BeginAsync(November);
        var second = await BeginAsync(November);

        var late = await AppendRows(first, 1, Some.Entry("late"));
        await Outbox.EndImportAsync(first, new ImportEnd(ImportState.Completed), default);

        late.IsStopped.Should().BeTrue();
        (await Lease()).Should().BeEmpty();
        (await Outbox.FindImportAsync("november", default))!.State.Should().Be(ImportState.Running);
        (await AppendRows(second, 1, Some.Entry("a"))).IsStopped.Should().BeFalse();
    }

    [Fact]
    public async Task A_cancelled_import_stores_nothing_more()
    {
        var run = await BeginAsync(November);
        await AppendRows(run, 1, Some.Entry("a"));

        var cancelled = await Outbox.CancelImportAsync("november", default);

        cancelled!.State.Should().Be(ImportState.Cancelled);
        (await AppendRows(run, 2, Some.Entry("b"))).IsStopped.Should().BeTrue();
        (await Lease()).Texts().Should().Equal("""{"n":"a"}""");
        (await Outbox.FindImportAsync("november", default))!.Progress.Rows.Should().Be(1);
    }

    [Fact]
    public async Task An_import_that_has_ended_cannot_be_cancelled()
    {
        var run = await BeginAsync(November);
        await Outbox.EndImportAsync(run, new ImportEnd(ImportState.Completed), default);

        (await Outbox.CancelImportAsync("november", default))!.State.Should().Be(ImportState.Completed);
        (await Outbox.CancelImportAsync("other", default)).Should().BeNull();
    }

    [Fact]
    public async Task A_failed_import_names_its_problem_and_can_be_begun_again()
    {
        var run = await BeginAsync(November);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Outbox.EndImportAsync(run, new ImportEnd(ImportState.Failed, "It is no text."), default);

        var failed = (await Outbox.FindImportAsync("november", default))!;

        failed.State.Should().Be(ImportState.Failed);
        failed.Problem.Should().Be("It is no text.");
        failed.EndedAt.Should().Be(Some.Now + TimeSpan.FromMinutes(1));
        await BeginAsync(November);
        var again = (await Outbox.FindImportAsync("november", default))!;
        again.Problem.Should().BeNull();
        again.EndedAt.Should().BeNull();
        again.StartedAt.Should().Be(Some.Now);
    }

    [Fact]
    public async Task A_dry_run_begins_anew_and_gives_its_id_to_an_import()
    {
        var dry = November with { IsDryRun = true };
        var run = await BeginAsync(dry);
        var step = new ImportStep(Progress(5), [new RejectedRow(3, "value", "missing_value")]);
        await Outbox.EndImportAsync(run, new ImportEnd(ImportState.Completed, Step: step), default);
        var ended = (await Outbox.FindImportAsync("november", default))!;

        var begun = await Outbox.BeginImportAsync(November, DateTimeOffset.MinValue, default);

        ended.Progress.Rows.Should().Be(5);
        (await Outbox.RejectedRowsAsync(ended.Number, 0, 10, default)).Should().BeEmpty("the dry run is replaced");
        begun.Before.Should().BeNull();
        begun.IsTaken.Should().BeFalse();
        (await Outbox.BeginImportAsync(dry, DateTimeOffset.MinValue, default)).IsTaken.Should().BeTrue();
    }

    [Fact]
    public async Task The_id_of_another_connections_import_is_taken()
    {
        await BeginAsync(November);

        var begun = await Outbox.BeginImportAsync(
            November with
            {
                Connection = "web",
            },
            DateTimeOffset.MinValue,
            default
        );

        begun.IsTaken.Should().BeTrue();
        begun.Before!.Import.Connection.Should().Be("stores");
    }

    [Fact]
    public async Task Rejected_rows_are_listed_in_order_and_in_pages()
    {
        var run = await BeginAsync(November);
        RejectedRow[] rows = [new(2, "value", "missing_value"), new(4, "", "invalid_text"), new(9, "", "too_old")];
        await Outbox.AppendImportAsync(run, [], null, _ => new ImportStep(Progress(9), rows), default);

        (await Outbox.RejectedRowsAsync(run.Import, 0, 2, default)).Should().Equal(rows[..2]);
        (await Outbox.RejectedRowsAsync(run.Import, 2, 2, default)).Should().Equal(rows[2..]);
    }

    [Fact]
    public async Task Imports_are_listed_newest_first_and_forgotten_after_a_while()
    {
        foreach (var id in (string[])["one", "two", "three"])
        {
            await Outbox.EndImportAsync(
                await BeginAsync(November with { Id = id }),
                new ImportEnd(ImportState.Completed),
                default
            );
            Clock.Advance(TimeSpan.FromHours(1));
        }

        var page = await Outbox.ImportsAsync(null, 2, default);
        page.Select(import => import.Import.Id).Should().Equal("three", "two");
        (await Outbox.ImportsAsync(page[^1].Number, 2, default)).Select(one => one.Import.Id).Should().Equal("one");

        await Outbox.BeginImportAsync(November, Some.Now + TimeSpan.FromMinutes(30), default);
        (await Outbox.ImportsAsync(null, 9, default))
            .Select(one => one.Import.Id)
            .Should()
            .Equal("november", "three", "two");
    }

    [Fact]
    public async Task Looking_for_duplicates_takes_no_key()
    {
        await Append(Some.Entry("a"));
        OutboxEntry[] entries = [Some.Entry("a"), Some.Entry("b"), Some.Entry("a", window: TimeSpan.Zero)];

        (await Outbox.FindDuplicatesAsync(entries, default)).Should().Equal(true, false, false);
        (await Outbox.FindDuplicatesAsync(entries, default)).Should().Equal(true, false, false);
        (await Append(Some.Entry("b"))).Stored.Should().Equal(true);
    }

    private async Task<ImportRun> BeginAsync(NewImport import) =>
        (await Outbox.BeginImportAsync(import, DateTimeOffset.MinValue, default)).Run;

    private ValueTask<ImportAppend> AppendRows(ImportRun run, long rows, params OutboxEntry[] entries) =>
        Outbox.AppendImportAsync(run, entries, null, _ => new ImportStep(Progress(rows), []), default);

    private static ImportProgress Progress(long rows) =>
        new()
        {
            Rows = rows,
            Position = rows + 1,
            Digest = UInt128.MaxValue - (UInt128)rows,
            HeadPosition = 2,
            HeadDigest = 17,
            Accepted = rows,
            Ignored = 3,
            Rejected = 4,
            Reasons = new Dictionary<string, long> { ["duplicate"] = 3, ["too_old"] = 4 },
            Warnings = new Dictionary<string, long> { ["placeholder"] = 1 },
            RowsPerSecond = 1.5,
        };
}
