using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Journal;

/// <summary>The journal as rows of the file: joined, forgotten, damaged.</summary>
public sealed partial class JournalFileTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdjustableTime _clock = new(Some.Now);
    private readonly JournalOptions _options = new();
    private SqliteOutbox _outbox = null!;

    private string File => _folder.File("outbox.db");

    public Task InitializeAsync()
    {
        _outbox = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rows_of_small_commits_are_joined_and_say_the_same_as_before()
    {
        const int Count = 300;
        for (var number = 0; number < Count; number++)
        {
            await NoteAsync(number % 3 == 0 ? NotSent($"e{number}") : Accepted($"e{number}"));
        }

        await UpkeepAsync();

        Rows("journal_fresh").Should().Be(0);
        Rows("journal").Should().Be(1);
        for (var number = 0; number < Count; number++)
        {
            var arrival = (await FindAsync($"e{number}")).Single();
            (arrival.Event.Reason, arrival.EventId)
                .Should()
                .Be(number % 3 == 0 ? ("too_old", $"e{number}") : (null, null));
        }

        var page = await _outbox.OutcomesAsync(new OutcomeQuery(60), default);
        page.Items.Select(item => item.EventId)
            .Should()
            .Equal(Enumerable.Range(1, 60).Select(i => $"e{Count - (3 * i)}"));
        (await _outbox.OutcomesAsync(new OutcomeQuery(60) { Before = page.Next }, default))
            .Items.Should()
            .HaveCount(40);
    }

    [Fact]
    public async Task A_row_of_many_between_rows_of_few_keeps_its_place()
    {
        await NoteAsync(Accepted("first"));
        await NoteAsync([.. Enumerable.Range(0, JournalRows.LargeBlock).Select(i => Accepted($"m{i}"))]);
        for (var number = 0; number < 300; number++)
        {
            await NoteAsync(Accepted($"e{number}"));
        }

        await UpkeepAsync();
        await NoteAsync(NotSent("first"));

        Rows("journal").Should().Be(3);
        (await FindAsync("first"))
            .Select(arrival => arrival.Event.Outcome)
            .Should()
            .Equal(Outcome.Rejected, Outcome.Accepted);
        (await FindAsync($"m{JournalRows.LargeBlock - 1}")).Should().ContainSingle();
        (await FindAsync("e299")).Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_too_old_is_forgotten_with_everything_about_it()
    {
        await NoteAsync(Accepted("a"), NotSent("b"));
        await AnswerAllAsync();
        await SettleAllAsync();
        _clock.Advance(_options.Retention - TimeSpan.FromHours(1));
        await NoteAsync(Accepted("c"), NotSent("d"));
        await AnswerAllAsync();
        await AnswerAllAsync();
        Rows("journal_answers").Should().Be(2, "each chunk has one, however often Meta answers");
        await SettleAllAsync();
        _clock.Advance(TimeSpan.FromHours(2));

        await UpkeepAsync();

        (await FindAsync("a")).Should().BeEmpty();
        (await FindAsync("c")).Single().Deliveries.Single().State.Should().Be(DeliveryState.Delivered);
        Rows("journal_settled").Should().Be(1);
        Rows("journal_answers").Should().Be(1);
        Rows("journal_texts").Should().Be(1);
        var counts = await _outbox.RollUpsAsync(new RollUpQuery(Some.Now, Some.Now.AddDays(30)), default);
        counts.Should().NotBeEmpty().And.OnlyContain(count => count.Hour > Some.Now);
    }

    [Fact]
    public async Task What_is_too_much_is_forgotten_the_oldest_first()
    {
        await _outbox.DisposeAsync();
        _options.MaxBytes = 100_000;
        _outbox = Open();
        for (var body = 0; body < 20; body++)
        {
            await NoteAsync([.. Enumerable.Range(0, 1024).Select(i => Accepted($"{body}-{i}"))]);
        }

        await UpkeepAsync();

        (await FindAsync("0-0")).Should().BeEmpty();
        (await FindAsync("19-1023")).Should().ContainSingle();
        Rows("journal").Should().BeInRange(5, 15);
    }

    [Fact]
    public async Task Numbers_go_on_after_a_restart()
    {
        await NoteAsync(NotSent("a"));
        await NoteAsync([.. Enumerable.Range(0, JournalRows.LargeBlock).Select(i => NotSent($"m{i}"))]);
        await ReopenAsync();
        await NoteAsync(NotSent("b"));

        var page = await _outbox.OutcomesAsync(new OutcomeQuery(2000), default);

        page.Items.Select(item => item.Number).Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
        page.Items.Should().HaveCount(JournalRows.LargeBlock + 2);
    }

    [Fact]
    public async Task Damage_of_the_journal_does_not_stop_events()
    {
        await NoteAsync([.. Enumerable.Range(0, JournalRows.LargeBlock).Select(i => Accepted($"m{i}"))]);
        await NoteAsync(Accepted("a"));
        await _outbox.DisposeAsync();
        Damage("journal_fresh");
        Damage("journal_counts");
        _outbox = Open();

        (await NoteAsync(Accepted("b"))).Stored.Should().Equal(true);
        (await NoteAsync(Accepted("c"))).Stored.Should().Equal(true);
        await SettleAllAsync();

        (await _outbox.LedgerAsync(default)).Single().Delivered.Should().Be(JournalRows.LargeBlock + 3);
    }

    private void Damage(string table)
    {
        using var connection = Connect();
        using var page = connection.CreateCommand();
        page.CommandText = $"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'";
        var number = (long)page.ExecuteScalar()!;
        connection.Close();
        using var file = new FileStream(File, FileMode.Open, FileAccess.ReadWrite);
        file.Position = ((number - 1) * 4096) + 1;
        file.Write(new byte[200]);
    }

    private SqliteOutbox Open() =>
        new(new OutboxOptions { Path = File }, _clock, NullLogger<SqliteOutbox>.Instance, journal: _options);

    private async Task ReopenAsync()
    {
        await _outbox.DisposeAsync();
        _outbox = Open();
    }

    /// <summary>The start does a round of it, and so does each second.</summary>
    private Task UpkeepAsync() => ReopenAsync();

    private ValueTask<Server.Outbox.AppendResult> NoteAsync(params EventResult[] events) =>
        _outbox.AppendAsync(
            [
                .. events
                    .SelectMany(one => one.Deliveries)
                    .Select(delivery => Some.Entry("") with { Delivery = delivery }),
            ],
            new Arrivals("stores", "file", events),
            default
        );

    private async Task SettleAllAsync()
    {
        while (
            await _outbox.LeaseAsync(new Server.Outbox.LeaseRequest("stores", 10_000, 10_000_000), default)
                is { Count: > 0 } chunks
        )
        {
            await _outbox.SettleAsync([.. chunks.Select(Server.Outbox.ChunkSettlement.Delivered)], default);
        }
    }

    /// <summary>Meta has an answer to every chunk, and they all wait for another attempt.</summary>
    private async Task AnswerAllAsync()
    {
        var chunks = await _outbox.LeaseAsync(new Server.Outbox.LeaseRequest("stores", 10_000, 10_000_000), default);
        await _outbox.SettleAsync(
            [
                .. chunks.Select(chunk =>
                    Server.Outbox.ChunkSettlement.Deferred(chunk, _clock.GetUtcNow()) with
                    {
                        LastAnswer = new MetaAnswer(4, TraceId: "trace"),
                    }
                ),
            ],
            default
        );
    }

    private async Task<IReadOnlyList<JournalArrival>> FindAsync(string id) =>
        (await _outbox.FindAsync(new JournalSearch(IsOrder: false, ShortDigests.Of(id)), default)).Arrivals;

    private long Rows(string table)
    {
        using var connection = Connect();
        using var count = connection.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM {table}";
        return (long)count.ExecuteScalar()!;
    }

    private Microsoft.Data.Sqlite.SqliteConnection Connect()
    {
        var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=false");
        connection.Open();
        return connection;
    }

    private static EventResult Accepted(string id) =>
        new(Outcome.Accepted, null, [], [Some.Entry(id).Delivery], id) { EventName = "Order" };

    private static EventResult NotSent(string id) => new(Outcome.Rejected, "too_old", [], [], id);
}
