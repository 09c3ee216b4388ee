using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>The journal that several replicas share, and its size.</summary>
public sealed class PostgresJournalTests : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly AdjustableTime _clock = new(Some.Now);
    private readonly List<PostgresOutbox> _replicas = [];
    private string _database = "";

    public async Task InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task Every_replica_says_the_same_about_what_became_of_events()
    {
        PostgresOutbox[] replicas = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        await Task.WhenAll(
            Enumerable
                .Range(0, 90)
                .Select(at => NoteAsync(replicas[at % 3], Accepted($"{at}"), Ignored($"{at} ignored")))
        );
        foreach (var chunk in await replicas[1].LeaseAsync(Everything, default))
        {
            await replicas[1].SettleAsync([ChunkSettlement.Delivered(chunk)], default);
        }

        foreach (var replica in replicas)
        {
            foreach (var at in (int[])[0, 41, 89])
            {
                var arrival = (await FindAsync(replica, $"{at}")).Arrivals.Single();
                arrival.Deliveries.Single().State.Should().Be(DeliveryState.Delivered);
            }

            (await CountsAsync(replica))
                .Should()
                .BeEquivalentTo("accepted  90", "ignored no_consent 90", "event_name Order 180", "delivered  90");
            var page = await replica.OutcomesAsync(new OutcomeQuery(50), default);
            var rest = await replica.OutcomesAsync(new OutcomeQuery(50) { Before = page.Next }, default);
            page.Items.Concat(rest.Items).Select(item => item.EventId).Should().HaveCount(90).And.OnlyHaveUniqueItems();
        }
    }

    [Fact]
    public async Task The_journal_forgets_after_its_retention_and_with_it_how_chunks_were_settled()
    {
        var outbox = await OpenAsync(new JournalOptions { Retention = TimeSpan.FromHours(2) });
        await NoteAsync(outbox, Accepted("old"), Ignored("old ignored"));
        foreach (var chunk in await outbox.LeaseAsync(Everything, default))
        {
            await outbox.SettleAsync([ChunkSettlement.Delivered(chunk)], default);
        }

        _clock.Advance(TimeSpan.FromHours(1.5));
        await NoteAsync(outbox, Accepted("new"));

        _clock.Advance(TimeSpan.FromMinutes(31));
        await EventuallyAsync("SELECT count(*) FROM offlineconversions.journal_settled", 0, TimeSpan.FromSeconds(2));

        (await FindAsync(outbox, "old")).Arrivals.Should().BeEmpty();
        (await FindAsync(outbox, "new")).Arrivals.Should().ContainSingle();
        (await FindAsync(outbox, "new")).KnownSince.Should().Be(Some.Now + TimeSpan.FromHours(1.5));
        (await AskAsync("SELECT count(*) FROM offlineconversions.journal_texts")).Should().Be(0);
    }

    [Fact]
    public async Task Beyond_its_size_the_journal_forgets_the_oldest_arrivals()
    {
        var outbox = await OpenAsync(new JournalOptions { MaxBytes = 20_000 });
        for (var commit = 0; commit < 20; commit++)
        {
            await NoteAsync(outbox, [.. Enumerable.Range(0, 100).Select(at => Ignored($"{commit} {at}"))]);
        }

        (await AskAsync("SELECT sum(bytes)::bigint FROM offlineconversions.journal")).Should().BeGreaterThan(20_000);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await AskAsync("SELECT sum(bytes)::bigint FROM offlineconversions.journal") > 20_000)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(20, patience.Token);
        }

        (await FindAsync(outbox, "0 0")).Arrivals.Should().BeEmpty();
        (await FindAsync(outbox, "19 99")).Arrivals.Should().ContainSingle();
    }

    [Fact]
    public async Task Counts_stay_exact_while_upkeep_adds_them_up()
    {
        var outbox = await OpenAsync();
        for (var at = 0; at < 30; at++)
        {
            await NoteAsync(outbox, Accepted($"{at}"));
        }

        await EventuallyAsync(
            "SELECT count(*) FROM offlineconversions.journal_count_deltas",
            0,
            TimeSpan.FromSeconds(1)
        );
        await NoteAsync(outbox, Accepted("last"));

        (await CountsAsync(outbox)).Should().BeEquivalentTo("accepted  31", "event_name Order 31");
    }

    [Fact]
    public async Task An_erasure_at_one_replica_leaves_no_id_in_clear_text_for_any()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await NoteAsync(first, Ignored("a"), Accepted("b"));

        await second.EraseAsync([PersonTrace.Of(MatchKey.Email, "jane"u8)], _clock.GetUtcNow().AddDays(30), default);

        (await FindAsync(first, "a")).Arrivals.Single().EventId.Should().BeNull();
        (await AskAsync("SELECT count(*) FROM offlineconversions.journal_texts")).Should().Be(0);
    }

    [Fact]
    public async Task An_import_of_a_killed_replica_is_interrupted_and_continues_at_another()
    {
        var (killed, other) = (await OpenAsync(), await OpenAsync());
        var import = new NewImport("november", "stores", IsDryRun: false, "10.0.0.7");
        var run = (await killed.BeginImportAsync(import, DateTimeOffset.MinValue, default)).Run;
        await killed.AppendImportAsync(run, [Some.Entry("a")], null, _ => Step(1), default);
        (await other.FindImportAsync("november", default))!.State.Should().Be(ImportState.Running);

        await killed.AbandonAsync();
        await Wait.UntilAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return (await other.FindImportAsync("november", default))!.State == ImportState.Interrupted;
        });
        var again = await other.BeginImportAsync(import, DateTimeOffset.MinValue, default);

        again.Before!.Progress.Rows.Should().Be(1);
        (await other.AppendImportAsync(again.Run, [Some.Entry("b")], null, _ => Step(2), default))
            .Appended.Stored.Should()
            .Equal(true);
        (await other.FindImportAsync("november", default))!.State.Should().Be(ImportState.Running);

        static ImportStep Step(long rows) => new(new ImportProgress { Rows = rows }, []);
    }

    private async Task<PostgresOutbox> OpenAsync(JournalOptions? journal = null)
    {
        var replica = await PostgresOutbox.OpenAsync(
            Replica.Options(_database),
            _clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(TimeSpan.FromHours(1), UsesDatabaseClock: false),
            journal
        );
        _replicas.Add(replica);
        return replica;
    }

    private static EventResult Accepted(string id) =>
        new(Outcome.Accepted, null, [], [Some.Entry(id).Delivery], id) { EventName = "Order" };

    private static EventResult Ignored(string id) =>
        new(Outcome.Ignored, "no_consent", [], [], id) { EventName = "Order" };

    private static async Task NoteAsync(PostgresOutbox outbox, params EventResult[] events) =>
        await outbox.AppendAsync(
            [
                .. events
                    .SelectMany(one => one.Deliveries)
                    .Select(delivery => Some.Entry("") with { Delivery = delivery }),
            ],
            new Arrivals("stores", "segment", events),
            default
        );

    private static ValueTask<JournalFinding> FindAsync(PostgresOutbox journal, string id) =>
        journal.FindAsync(new JournalSearch(IsOrder: false, ShortDigests.Of(id)), default);

    private static async Task<IEnumerable<string>> CountsAsync(PostgresOutbox journal) =>
        (await journal.RollUpsAsync(new RollUpQuery(Some.Now, Some.Now.AddDays(1)), default)).Select(count =>
            $"{count.Kind} {count.Name} {count.Count}"
        );

    private Task<long> AskAsync(string sql) => PostgresServer.AskAsync<long>(_database, sql);

    /// <summary>Moves the clock until a count is reached.</summary>
    private async Task EventuallyAsync(string count, long expected, TimeSpan step)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await AskAsync(count) != expected)
        {
            _clock.Advance(step);
            await Task.Delay(20, patience.Token);
        }
    }
}
