using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>Other replicas, a kill and damage in the way of what an operator does to waiting events.</summary>
public sealed class PostgresPendingTests : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);
    private static readonly PendingScope Wrong = new("stores", "1001");
    private static readonly PendingScope RightScope = new("stores", "2002");
    private static readonly Redirection Right = new("2002", null, TimeSpan.FromHours(48));

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
    public async Task What_one_replica_sends_another_one_lists_as_in_flight_and_leaves_where_it_is()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await first.AppendAsync([Sale("a")], default);
        var sending = (await first.LeaseAsync(Everything, default)).Single();
        await first.AppendAsync([Sale("b")], default);

        (await second.PendingAsync(new PendingQuery(), default))
            .Events.Select(pending => (pending.Event.Id, pending.IsInFlight))
            .Should()
            .Equal(("b", false), ("a", true));
        (await second.RedirectAsync(Wrong, Right, default)).Should().Be(new ChangedPending(1, 1));
        (await first.SettleAsync([ChunkSettlement.Delivered(sending)], default))
            .Should()
            .Equal(SettlementStatus.Settled);
    }

    [Fact]
    public async Task Two_replicas_that_redirect_at_once_move_every_event_once()
    {
        const int Events = 600;
        var (first, second) = (await OpenAsync(), await OpenAsync());
        foreach (var some in Enumerable.Range(0, Events).Chunk(20))
        {
            await first.AppendAsync([.. some.Select(n => Sale($"{n}"))], default);
        }

        var moved = await Task.WhenAll(
            first.RedirectAsync(Wrong, Right, default).AsTask(),
            second.RedirectAsync(Wrong, Right, default).AsTask()
        );

        moved.Sum(each => each.Events).Should().Be(Events);
        moved.Sum(each => each.Duplicates).Should().Be(0);
        (await second.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", Events, 0, Events, 0, 0, 0));
        (await AllIdsAsync(first)).Should().OnlyHaveUniqueItems().And.HaveCount(Events);
    }

    [Fact]
    public async Task A_kill_during_a_redirect_leaves_every_event_in_one_place()
    {
        const int Events = 3000;
        var (killed, other) = (await OpenAsync(), await OpenAsync());
        foreach (var some in Enumerable.Range(0, Events).Chunk(100))
        {
            await killed.AppendAsync([.. some.Select(n => Sale($"{n}", padding: 3000))], default);
        }

        var moving = killed.RedirectAsync(Wrong, Right, default).AsTask();
        while ((await other.CountPendingAsync(RightScope, default)).Events == 0)
        {
            await Task.Yield();
        }

        await killed.AbandonAsync();
        await Task.WhenAny(moving); // It may have been done, or found the outbox closed.

        var (before, after) = (await CountAsync(other, Wrong), await CountAsync(other, RightScope));
        (before + after).Should().Be(Events);
        (await other.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", Events, 0, Events, 0, 0, 0));
        (await other.RedirectAsync(Wrong, Right, default)).Events.Should().Be(before);
        (await AllIdsAsync(other)).Should().OnlyHaveUniqueItems().And.HaveCount(Events);
    }

    [Fact]
    public async Task A_damaged_chunk_is_listed_as_unreadable_and_moves_to_the_failed_list_instead()
    {
        var outbox = await OpenAsync();
        await outbox.AppendAsync([Sale("a")], default);
        await outbox.AppendAsync([Sale("b"), Sale("c")], default);
        await outbox.AppendAsync([Sale("d")], default);
        await PostgresServer.ExecuteAsync(
            _database,
            """
            UPDATE offlineconversions.bodies SET content = set_byte(content, 20, 1)
            WHERE id = (SELECT id FROM offlineconversions.work WHERE events = 2)
            """
        );

        var page = await outbox.PendingAsync(new PendingQuery(Limit: 2), default);
        var rest = await outbox.PendingAsync(new PendingQuery { After = page.Next }, default);
        var redirected = await outbox.RedirectAsync(Wrong, Right, default);

        page.Events.Concat(rest.Events)
            .Select(pending => pending.Payload is null ? "unreadable" : pending.Event.Id)
            .Should()
            .Equal("d", "unreadable", "unreadable", "a");
        redirected.Should().Be(new ChangedPending(2, 0) { IsEmpty = true });
        (await outbox.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Burial.Reason)
            .Should()
            .Equal("unreadable", "unreadable");
        (await outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 4, 0, 2, 2, 0, 0));
    }

    private async Task<PostgresOutbox> OpenAsync()
    {
        var replica = await Replica.OpenAsync(_database, _clock);
        _replicas.Add(replica);
        return replica;
    }

    private static OutboxEntry Sale(string id, int padding = 0) =>
        Some.Entry(
            id,
            payload: $$"""{"event_name":"Purchase","event_id":"{{id}}","note":"{{new string('x', padding)}}"}"""
        );

    private static async Task<long> CountAsync(PostgresOutbox outbox, PendingScope scope) =>
        (await outbox.CountPendingAsync(scope, default)).Events;

    private static async Task<List<string?>> AllIdsAsync(PostgresOutbox outbox)
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
}
