using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Pending;

/// <summary>A kill, damage and older rows in the way of what an operator does to waiting events.</summary>
public sealed class PendingChangeTests : IDisposable
{
    private static readonly PendingScope Wrong = new("stores", "1001");
    private static readonly PendingScope RightScope = new("stores", "2002");
    private static readonly Redirection Right = new("2002", null, TimeSpan.FromHours(48));

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_kill_during_a_redirect_leaves_every_event_in_one_place()
    {
        const int Events = 6000;
        var file = new SqliteModelFile(_folder.File("outbox.db"), TimeSpan.FromHours(1));
        var outbox = file.Open(_clock);
        foreach (var some in Enumerable.Range(0, Events).Chunk(500))
        {
            await outbox.AppendAsync([.. some.Select(n => Sale($"{n}", chunkEvents: 100, padding: 3000))], default);
        }

        var moving = outbox.RedirectAsync(Wrong, Right, default).AsTask();
        while ((await outbox.CountPendingAsync(RightScope, default)).Events == 0)
        {
            await Task.Yield();
        }

        await file.CrashAsync(outbox);
        await Task.WhenAny(moving); // It may have been done, or found the outbox closed.
        await using var again = file.Open(_clock);

        var (before, after) = (await CountAsync(again, Wrong), await CountAsync(again, RightScope));
        (before + after).Should().Be(Events);
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", Events, 0, Events, 0, 0, 0));
        (await again.RedirectAsync(Wrong, Right, default)).Events.Should().Be(before);
        (await CountAsync(again, RightScope)).Should().Be(Events);
        (await AllIdsAsync(again)).Should().OnlyHaveUniqueItems().And.HaveCount(Events);
        (await again.AppendAsync([Sale("0", dataset: "2002"), Sale($"{Events - 1}", dataset: "2002")], default))
            .Stored.Should()
            .Equal(false, false);
    }

    [Fact]
    public async Task A_damaged_chunk_is_listed_as_unreadable_and_moves_to_the_failed_list_instead()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Sale("a")], default);
            await outbox.AppendAsync([Sale("b"), Sale("c")], default);
            await outbox.AppendAsync([Sale("d")], default);
        }

        Execute("UPDATE chunks SET payload = CAST(replace(payload, '\"c\"', '\"x\"') AS BLOB) WHERE id = 2");
        await using var again = Open();

        var page = await again.PendingAsync(new PendingQuery(Limit: 2), default);
        var rest = await again.PendingAsync(new PendingQuery { After = page.Next }, default);
        var redirected = await again.RedirectAsync(Wrong, Right, default);

        page.Events.Concat(rest.Events)
            .Select(pending => pending.Payload is null ? "unreadable" : pending.Event.Id)
            .Should()
            .Equal("d", "unreadable", "unreadable", "a");
        redirected.Should().Be(new ChangedPending(2, 0) { IsEmpty = true });
        (await again.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Burial.Reason)
            .Should()
            .Equal("unreadable", "unreadable");
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 4, 0, 2, 2, 0, 0));
    }

    [Fact]
    public async Task A_chunk_on_a_damaged_page_does_not_break_the_list()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Sale("a", padding: 20_000)], default);
            await outbox.AppendAsync([Sale("b")], default);
        }

        await using var again = Open();
        BrokenChain.Make(_folder.File("outbox.db"), 'x');

        var page = await again.PendingAsync(new PendingQuery(), default);

        page.Events.Select(pending => pending.Payload is null ? "unreadable" : pending.Event.Id)
            .Should()
            .Equal("b", "unreadable");
    }

    [Fact]
    public async Task Events_of_an_earlier_release_move_and_come_back()
    {
        using var file = new ReleasedFile("plain-killed.zip");
        await using var outbox = file.Open();
        var waiting = file.Expected.Deliveries.Where(one => one.Outcome == "waiting").ToArray();
        foreach (var scope in waiting.Select(one => new PendingScope(one.Connection, one.DatasetId)).Distinct())
        {
            var events = waiting.Count(one => one.Connection == scope.Connection && one.DatasetId == scope.DatasetId);
            var away = new Redirection("99", null, TimeSpan.FromDays(62));

            (await outbox.RedirectAsync(scope, away, default)).Events.Should().Be(events);
            (
                await outbox.RedirectAsync(
                    scope with
                    {
                        DatasetId = "99",
                    },
                    away with
                    {
                        DatasetId = scope.DatasetId,
                    },
                    default
                )
            )
                .Should()
                .Be(new ChangedPending(events, 0) { IsEmpty = true }, "the moved events have released their keys");
        }

        (await outbox.AppendAsync([.. waiting.Select(one => one.Repeated)], default))
            .Stored.Should()
            .OnlyContain(stored => !stored, "each has its key again");
        await outbox.ShouldBalanceAsync();
    }

    private static OutboxEntry Sale(string id, string dataset = "1001", int chunkEvents = 1000, int padding = 300) =>
        Some.Entry(
            id,
            dataset: dataset,
            chunkEvents: chunkEvents,
            payload: $$"""{"event_name":"Purchase","event_id":"{{id}}","note":"{{new string('x', padding)}}"}"""
        );

    private static async Task<long> CountAsync(IPendingList outbox, PendingScope scope) =>
        (await outbox.CountPendingAsync(scope, default)).Events;

    private static async Task<List<string?>> AllIdsAsync(IPendingList outbox)
    {
        var ids = new List<string?>();
        var query = new PendingQuery(Limit: 1000);
        PendingPage page;
        do
        {
            page = await outbox.PendingAsync(query, default);
            ids.AddRange(page.Events.Select(pending => pending.Event.Id));
            query = query with { After = page.Next };
        } while (page.Next is not null);

        return ids;
    }

    private SqliteOutbox Open() =>
        new(new OutboxOptions { Path = _folder.File("outbox.db") }, _clock, NullLogger<SqliteOutbox>.Instance);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("outbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
