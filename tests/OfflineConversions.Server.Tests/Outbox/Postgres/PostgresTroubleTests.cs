using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>A database server that crashes, is gone, or comes back.</summary>
public sealed class PostgresTroubleTests
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    [Fact]
    public async Task A_crash_of_the_server_loses_nothing_that_was_accepted_and_stores_nothing_twice()
    {
        var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var first = await Replica.OpenAsync(database);
        await using var second = await Replica.OpenAsync(database);
        using var end = new CancellationTokenSource();
        var accepted = new ConcurrentBag<string>();
        var writers = Enumerable
            .Range(0, 6)
            .Select(writer => Task.Run(() => WriteAsync(writer % 2 == 0 ? first : second, writer, accepted, end.Token)))
            .ToArray();

        for (var crash = 0; crash < 2; crash++)
        {
            var before = accepted.Count;
            await Eventually(() => accepted.Count > before + 50);
            await server.CrashAsync();
            await server.StartAgainAsync();
        }

        var last = accepted.Count;
        await Eventually(() => accepted.Count > last + 50);
        await end.CancelAsync();
        await Task.WhenAll(writers);

        var stored = await LeaseAllAsync(first);
        stored.Texts().Should().BeEquivalentTo(accepted).And.OnlyHaveUniqueItems();
        (await second.LedgerAsync(default)).Single().Accepted.Should().Be(accepted.Count);
    }

    [Fact]
    public async Task What_was_sent_before_a_crash_of_the_server_is_settled_after_it_and_not_sent_again()
    {
        var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var outbox = await Replica.OpenAsync(database);
        await using var other = await Replica.OpenAsync(database);
        await outbox.AppendAsync(Some.Entries(3), default);
        var chunk = (await outbox.LeaseAsync(Everything, default)).Single();
        await server.CrashAsync();

        var settling = outbox.SettleAsync([ChunkSettlement.Delivered(chunk)], default).AsTask();
        (await outbox.AppendAsync(Some.Entries(1, "x"), default))
            .Should()
            .Match<AppendResult>(refused =>
                refused.Status == AppendStatus.Unavailable && refused.RetryAfter > TimeSpan.Zero
            );
        outbox.Health.Ready.Should().BeFalse();
        (await outbox.LeaseAsync(Everything, default)).Should().BeEmpty();
        await server.StartAgainAsync();

        (await settling).Should().Equal(SettlementStatus.Settled);
        await Eventually(() => outbox.Health.Ready && other.Health.Ready);
        (await other.LeaseAsync(Everything, default)).Should().BeEmpty();
        (await other.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 3, 0, 0, 0, 0));
    }

    [Fact]
    public async Task What_was_sent_before_a_failover_is_settled_after_it_and_not_sent_again()
    {
        var primary = await PostgresServer.StartAsync();
        await PostgresServer.ExecuteAsync(primary.ConnectionTo("postgres"), "CREATE DATABASE outbox");
        var standby = await primary.AddStandbyAsync();
        var database = primary.ConnectionTo("outbox", standby);
        await using var outbox = await Replica.OpenAsync(database);
        await using var other = await Replica.OpenAsync(database);
        await outbox.AppendAsync(Some.Entries(3), default);
        var chunk = (await outbox.LeaseAsync(Everything, default)).Single();
        await primary.CrashAsync();
        await Eventually(() => !other.Health.Ready);
        await Task.Delay(outbox.LeaseDuration);
        await standby.PromoteAsync();
        await Eventually(() => other.Health.Ready);

        (await other.LeaseAsync(Everything, default)).Should().BeEmpty("the other replica is about to settle it");
        (await outbox.SettleAsync([ChunkSettlement.Delivered(chunk)], default))
            .Should()
            .Equal(SettlementStatus.Settled);

        (await other.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 3, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Writers_that_hold_every_connection_of_the_pool_do_not_wait_for_another_one()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await using var outbox = await Replica.OpenAsync($"{database};Maximum Pool Size=2");

        // Each delivery has a destination that is new, and all together need more chunk numbers than one block has.
        var stored = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => AppendAsync(outbox, caller)));

        stored.Should().AllBeEquivalentTo(AppendStatus.Stored);
        (await outbox.LedgerAsync(default)).Single().Accepted.Should().Be(1600);

        static async Task<AppendStatus> AppendAsync(PostgresOutbox outbox, int caller)
        {
            var status = AppendStatus.Stored;
            for (var i = 0; i < 100 && status == AppendStatus.Stored; i++)
            {
                var append = await outbox.AppendAsync([Some.Entry($"{i}", dataset: $"{caller}{i:00}")], default);
                status = append.Status;
            }

            return status;
        }
    }

    [Fact]
    public async Task Replicas_that_add_the_same_destinations_in_opposite_orders_do_not_wait_for_each_other()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var first = await Replica.OpenAsync(database);
        await using var second = await Replica.OpenAsync(database);

        for (var round = 0; round < 10; round++)
        {
            var datasets = Enumerable.Range(0, 50).Select(at => $"{round}{at:00}").ToArray();
            await Task.WhenAll(AppendAsync(first, "a", datasets), AppendAsync(second, "b", datasets.Reverse()));
        }

        const string Deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        (await PostgresServer.AskAsync<long>(database, Deadlocks)).Should().Be(0);

        static async Task AppendAsync(PostgresOutbox replica, string id, IEnumerable<string> datasets)
        {
            var entries = datasets.Select(dataset => Some.Entry(id, dataset: dataset));
            (await replica.AppendAsync([.. entries], default)).Status.Should().Be(AppendStatus.Stored);
        }
    }

    [Fact]
    public async Task A_database_that_is_down_at_the_start_is_used_as_soon_as_it_is_up()
    {
        var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await server.CrashAsync();
        await using var outbox = await Replica.OpenAsync(database);

        outbox.Health.Should().Match<OutboxHealth>(health => !health.Ready && health.Problem != null);
        (await outbox.AppendAsync(Some.Entries(1), default)).Status.Should().Be(AppendStatus.Unavailable);
        await FluentActions
            .Awaiting(async () => await outbox.LedgerAsync(default))
            .Should()
            .ThrowAsync<OutboxUnavailableException>();
        await server.StartAgainAsync();

        await Eventually(() => outbox.Health.Ready);
        (await outbox.AppendAsync(Some.Entries(1), default)).Status.Should().Be(AppendStatus.Stored);
    }

    /// <summary>Sends events as a caller does: again, until they are accepted.</summary>
    private static async Task WriteAsync(
        PostgresOutbox outbox,
        int writer,
        ConcurrentBag<string> accepted,
        CancellationToken end
    )
    {
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var entry = Some.Entry($"{writer}-{number}");
            while ((await outbox.AppendAsync([entry], default)).Status != AppendStatus.Stored)
            {
                await Task.Delay(50, CancellationToken.None);
            }

            accepted.Add($$"""{"n":"{{writer}}-{{number}}"}""");
        }
    }

    private static async Task<List<Chunk>> LeaseAllAsync(PostgresOutbox replica)
    {
        var all = new List<Chunk>();
        while (await replica.LeaseAsync(Everything, default) is { Count: > 0 } chunks)
        {
            all.AddRange(chunks);
        }

        return all;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
