using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What an operator sees and changes: failed list, ledger, backlog.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task The_failed_list_shows_the_newest_first_up_to_its_limit()
    {
        for (var i = 0; i < 3; i++)
        {
            await Append(Some.Entry($"{i}"));
            await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "window_expired")]));
        }

        (await Outbox.FailedAsync(new FailedQuery(Limit: 2), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"n":"2"}""", """{"n":"1"}""");
        (await Outbox.FailedAsync(new FailedQuery("web"), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_failed_list_is_read_in_pages_and_by_conditions()
    {
        await BuryAsync("a", "b", "c");
        Clock.Advance(TimeSpan.FromHours(1));
        await BuryAsync("d");
        var all = await Outbox.FailedAsync(new FailedQuery(), default);

        (await Listed(new FailedQuery(Limit: 2))).Should().Equal("d", "c");
        (await Listed(new FailedQuery(Limit: 2) { Before = all[1].Id })).Should().Equal("b", "a");
        (await Listed(new FailedQuery { Since = Clock.GetUtcNow() })).Should().Equal("d");
        (await Listed(new FailedQuery { Until = Clock.GetUtcNow() })).Should().Equal("c", "b", "a");
        (await Listed(new FailedQuery { Ids = [all[0].Id, all[3].Id] })).Should().Equal("d", "a");
        (await Listed(new FailedQuery { Reason = "refused_by_meta" })).Should().HaveCount(4);
        (await Listed(new FailedQuery { Reason = "window_expired" })).Should().BeEmpty();
        (await Listed(new FailedQuery("web"))).Should().BeEmpty();
        (await Outbox.CountFailedAsync(new FailedSelection("stores") { Until = Clock.GetUtcNow() }, default))
            .Should()
            .Be(3);
    }

    [Theory]
    [InlineData(1, "d")]
    [InlineData(9, "d")]
    [InlineData(10, "d c")]
    [InlineData(18, "d c")]
    [InlineData(19, "d c b")]
    [InlineData(1000, "d c b a")]
    public async Task A_page_of_the_failed_list_ends_with_the_event_that_reaches_the_size(long bytes, string expected)
    {
        await BuryAsync("a", "b", "c", "d");

        var page = await Listed(new FailedQuery { MostBytes = bytes });

        page.Should().Equal(expected.Split(' '));
        (await Listed(new FailedQuery())).Should().HaveCount(4, "a page that ended early leaves nothing behind");
    }

    [Fact]
    public async Task A_replayed_event_waits_again_byte_for_byte_as_if_never_tried()
    {
        await BuryAsync("a", "b");
        var first = (await Outbox.FailedAsync(new FailedQuery(), default))[1];

        (await Outbox.ResolveFailedAsync(new FailedSelection { Ids = [first.Id] }, Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(1));

        var chunk = (await Lease()).Should().ContainSingle().Subject;
        chunk.Texts().Should().Equal("""{"n":"a"}""");
        chunk
            .Should()
            .Match<Chunk>(it =>
                it.Attempts == 0 && it.Events.Single().ExpiresAt == Some.Expiry && it.Destination == first.Destination
            );
        (await Listed(new FailedQuery())).Should().Equal("b");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 1, 0, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_resolution_that_has_begun_is_finished_although_its_caller_gives_up(bool replay)
    {
        var resolution = replay ? Resolution.Replay : Resolution.Discard;
        await BuryAsync(Enumerable.Range(0, 1203).Select(i => $"{i}").ToArray());
        using var caller = new CancellationTokenSource();

        var resolving = Outbox.ResolveFailedAsync(new FailedSelection(), resolution, caller.Token);
        await caller.CancelAsync();

        (await resolving).Should().Be(new ResolvedEvents(1203));
        (await Listed(new FailedQuery())).Should().BeEmpty();
    }

    [Fact]
    public async Task Discarded_events_are_gone_and_counted()
    {
        await BuryAsync(Enumerable.Range(0, 1203).Select(i => $"{i}").ToArray());

        (await Outbox.ResolveFailedAsync(new FailedSelection("stores"), Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(1203));

        (await Listed(new FailedQuery())).Should().BeEmpty();
        (await Lease()).Should().BeEmpty();
        await LedgerShouldBe(new LedgerLine("stores", 1203, 0, 0, 0, 1203, 0));
        await RestartAsync();
        await LedgerShouldBe(new LedgerLine("stores", 1203, 0, 0, 0, 1203, 0));
    }

    [Fact]
    public async Task When_Meta_last_accepted_events_is_read_after_a_restart()
    {
        await Append(Some.Entry("a"), Some.Entry("b", connection: "web"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        var delivered = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await BuryAsync("c");
        await RestartAsync();

        (await Outbox.LastDeliveriesAsync(default)).Should().Equal(new LastDelivery("stores", delivered));
    }

    [Fact]
    public async Task The_backlog_counts_what_waits_for_each_connection_and_has_its_age()
    {
        await Append(
            Some.Entry("a", payload: "12345"),
            Some.Entry("b", dataset: "2", payload: "123"),
            Some.Entry("c", connection: "web", payload: "1")
        );
        var first = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Append(Some.Entry("d", connection: "web", payload: "12"), Some.Entry("e", connection: "app"));
        await Settle(
            ChunkSettlement.Delivered((await Outbox.LeaseAsync(new LeaseRequest("app", 1, 1), default)).Single())
        );
        await Settle(
            ChunkSettlement.Delivered((await Outbox.LeaseAsync(new LeaseRequest("web", 1, 1), default)).Single())
        );

        (await Outbox.BacklogAsync(default))
            .Should()
            .Equal(new Backlog("stores", 2, 8, first), new Backlog("web", 1, 2, Clock.GetUtcNow()));
    }

    private protected async Task<IEnumerable<string>> Listed(FailedQuery query) =>
        (await Outbox.FailedAsync(query, default)).Select(failed => failed.Text()[6..^2]);
}
