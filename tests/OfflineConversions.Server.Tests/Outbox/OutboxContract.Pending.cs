using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What waits for delivery: listed and given up.</summary>
public abstract partial class OutboxContract
{
    private protected static readonly PendingScope Wrong = new("stores", "1001");

    [Fact]
    public async Task Waiting_events_are_listed_newest_first_with_what_is_known_of_them()
    {
        await Append(Sale("a"), Sale("b"));
        var first = Clock.GetUtcNow();
        Clock.Advance(Hour);
        await Append(Sale("c", connection: "web", dataset: "7"), Some.Entry("d", dataset: "7"));

        var page = await Outbox.PendingAsync(new PendingQuery(), default);

        page.Next.Should().BeNull();
        page.Events.Select(IdOf).Should().BeEquivalentTo("d", "c", "b", "a").And.EndWith(["b", "a"]);
        var last = page.Events[^1];
        last.Should()
            .Match<PendingEvent>(it =>
                it.Destination.Connection == "stores"
                && it.Destination.DatasetId == "1001"
                && it.AcceptedAt == first
                && it.NextAttemptAt == first
                && it.Attempts == 0
                && !it.IsInFlight
                && it.Event.Name == "Purchase"
                && it.Event.Id == "a"
            );
        (await PendingIds(new PendingQuery(DatasetId: "7"))).Should().BeEquivalentTo("c", "d");
        (await PendingIds(new PendingQuery("stores", "7"))).Should().Equal("d");
        (await PendingIds(new PendingQuery("web"))).Should().Equal("c");
        (await PendingIds(new PendingQuery(EventId: "b"))).Should().Equal("b");
        (await PendingIds(new PendingQuery(EventId: "e"))).Should().BeEmpty();
        (await PendingIds(new PendingQuery("nobody"))).Should().BeEmpty();
    }

    [Fact]
    public async Task An_event_that_is_tried_is_in_flight_and_then_waits_for_its_next_attempt()
    {
        await Append(Sale("a"));
        var chunk = (await Lease()).Single();
        var inFlight = await Outbox.PendingAsync(new PendingQuery(), default);
        await Settle(ChunkSettlement.Deferred(chunk, Clock.GetUtcNow() + Hour));

        var waiting = await Outbox.PendingAsync(new PendingQuery(), default);

        inFlight.Events.Single().IsInFlight.Should().BeTrue();
        waiting
            .Events.Single()
            .Should()
            .Match<PendingEvent>(it =>
                !it.IsInFlight && it.Attempts == 1 && it.NextAttemptAt == Clock.GetUtcNow() + Hour
            );
    }

    [Theory]
    [InlineData(1, long.MaxValue, long.MaxValue, null)]
    [InlineData(2, long.MaxValue, long.MaxValue, null)]
    [InlineData(3, long.MaxValue, long.MaxValue, null)]
    [InlineData(100, 1, long.MaxValue, null)]
    [InlineData(100, 150, long.MaxValue, null)]
    [InlineData(100, long.MaxValue, 1, null)]
    [InlineData(100, long.MaxValue, 150, "web")]
    public async Task The_pages_of_the_waiting_events_continue_exactly_whatever_ends_them(
        int limit,
        long bytes,
        long read,
        string? connection
    )
    {
        foreach (var round in Enumerable.Range(0, 4))
        {
            await Append(Sale($"{round}a", chunkEvents: 2), Sale($"{round}b", chunkEvents: 2));
            await Append(Sale($"{round}c", connection: "web"), Sale($"{round}d", dataset: "5", chunkEvents: 1));
            Clock.Advance(Hour);
        }

        var query = new PendingQuery(connection, Limit: limit) { MostBytes = bytes, MostReadBytes = read };
        var (all, pages) = (new List<PendingEvent>(), 0);
        PendingPage page;
        do
        {
            page = await Outbox.PendingAsync(query, default);
            all.AddRange(page.Events);
            query = query with { After = page.Next };
            page.Events.Count.Should().BeLessThanOrEqualTo(limit);
            pages++;
        } while (page.Next is not null);

        all.Select(IdOf).Should().Equal(await PendingIds(new PendingQuery(connection, Limit: 100)));
        all.Should().HaveCount(connection is null ? 16 : 4).And.BeInDescendingOrder(one => one.AcceptedAt);
        pages.Should().BeGreaterThan(1);
        PendingPosition.Parse(all[0].Position.ToString()).Should().Be(all[0].Position);
    }

    [Fact]
    public async Task Discarded_waiting_events_can_be_sent_again()
    {
        await Append(Sale("a"), Sale("b", dataset: "5"));
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        await Outbox.HaltAsync(new HaltScope("stores", "5"), "unknown_dataset", Hour, default);
        await Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", Hour, default);

        (await Outbox.DiscardPendingAsync(Wrong, default)).Should().Be(new ChangedPending(1, 0) { IsEmpty = true });

        (await Outbox.HaltsAsync(default)).Select(halt => halt.Scope.DatasetId).Should().Equal(null, "5");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 0, 1, 0));
        (await Append(Sale("a"), Sale("b", dataset: "5"))).Stored.Should().Equal(true, false);
    }

    private static string IdOf(PendingEvent pending) =>
        pending.Event.Id ?? System.Text.Encoding.UTF8.GetString(pending.Payload!.Value.Span)[6..^2];

    private async Task<IEnumerable<string>> PendingIds(PendingQuery query) =>
        (await Outbox.PendingAsync(query, default)).Events.Select(IdOf);

    private async Task<List<Chunk>> LeaseAllOf(string connection)
    {
        var all = new List<Chunk>();
        while (
            await Outbox.LeaseAsync(new LeaseRequest(connection, 1_000_000, 1_000_000_000), default)
                is { Count: > 0 } some
        )
        {
            all.AddRange(some);
        }

        return all;
    }
}
