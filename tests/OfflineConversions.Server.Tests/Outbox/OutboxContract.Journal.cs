using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What the journal says about each event.</summary>
public abstract partial class OutboxContract
{
    private protected static readonly Burial Refused = new(
        0,
        "refused_by_meta",
        100,
        2804003,
        "Invalid parameter",
        "trace-1"
    );

    [Fact]
    public async Task An_event_that_never_arrived_is_not_known()
    {
        await NoteAsync(Accepted("a"));

        (await FindAsync("other")).Arrivals.Should().BeEmpty();
        (await FindAsync("")).Arrivals.Should().BeEmpty();
        (await FindAsync("other")).KnownSince.Should().Be(Some.Now);
    }

    [Fact]
    public async Task An_accepted_event_is_found_with_what_waits_of_it()
    {
        await NoteAsync(Accepted("a"), Accepted("b", ["looks_like_web"]));

        var arrival = await OnlyAsync("a");

        arrival.ReceivedAt.Should().Be(Some.Now);
        arrival
            .Event.Should()
            .BeEquivalentTo(
                new
                {
                    Connection = "stores",
                    Source = "segment",
                    EventName = "Order",
                }
            );
        arrival.Event.Outcome.Should().Be(Outcome.Accepted);
        arrival.EventId.Should().BeNull("only outcomes and warnings have their id in clear text");
        var delivery = arrival.Deliveries.Should().ContainSingle().Subject;
        delivery
            .Should()
            .BeEquivalentTo(
                new
                {
                    DatasetId = "1001",
                    EventName = "Purchase",
                    Attempts = 0,
                }
            );
        delivery.State.Should().Be(DeliveryState.Pending);
        delivery.NextAttemptAt.Should().Be(Some.Now);
        (await OnlyAsync("b"))
            .Should()
            .BeEquivalentTo(new { EventId = "b", Event = new { Warnings = (string[])["looks_like_web"] } });
    }

    [Fact]
    public async Task Ignored_rejected_and_repeated_events_are_found_with_their_reason()
    {
        await NoteAsync(
            NotSent("i", Outcome.Ignored, "no_consent"),
            NotSent("r", Outcome.Rejected, "too_old"),
            Accepted("d")
        );
        await NoteAsync(Accepted("d"));

        (await OnlyAsync("i")).Event.Reason.Should().Be("no_consent");
        (await OnlyAsync("r")).Event.Outcome.Should().Be(Outcome.Rejected);
        var both = (await FindAsync("d")).Arrivals;
        both.Select(arrival => arrival.Event.Reason).Should().Equal("duplicate", null);
        both[0].Deliveries.Should().BeEmpty();
        both[0].EventId.Should().Be("d");
    }

    [Fact]
    public async Task Events_are_found_by_their_order()
    {
        await NoteAsync(
            Accepted("a", order: "4711"),
            Accepted("b"),
            NotSent("c", Outcome.Rejected, "too_old", order: "4711")
        );

        var found = await Outbox.FindAsync(new JournalSearch(IsOrder: true, ShortDigests.Of("4711")), default);

        found.Arrivals.Select(arrival => arrival.Digest).Should().Equal(ShortDigests.Of("c"), ShortDigests.Of("a"));
        (await FindAsync("4711")).Arrivals.Should().BeEmpty();
    }

    [Fact]
    public async Task A_delivered_event_says_when_and_after_how_many_attempts()
    {
        await NoteAsync(Accepted("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow()));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .Be(new JournalDelivery("1001", "Purchase", DeliveryState.Delivered, 2, Some.Now.AddMinutes(1)));
    }

    [Fact]
    public async Task An_event_that_waits_for_its_next_attempt_says_when_that_is()
    {
        await NoteAsync(Accepted("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Some.Now.AddMinutes(5)));

        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(
                new
                {
                    State = DeliveryState.Pending,
                    Attempts = 1,
                    NextAttemptAt = Some.Now.AddMinutes(5),
                }
            );
    }

    [Fact]
    public async Task Each_event_of_a_chunk_that_was_settled_in_part_has_its_own_state()
    {
        await NoteAsync([.. Enumerable.Range(0, 8).Select(i => Accepted($"e{i}"))]);
        var first = (await Lease()).Single();
        await Settle(
            new ChunkSettlement(first, [6, 1, 2, 4], Some.Now, [Refused with { Index = 3 }, Refused with { Index = 7 }])
        );
        var second = (await Lease()).Single();
        await Settle(new ChunkSettlement(second, [3], Some.Now, [Refused with { Index = 2, Reason = "expired" }]));

        await StatesShouldBe("e0 Delivered", "e1 Delivered", "e2 Delivered", "e3 Failed", "e4 Failed", "e5 Delivered");
        await StatesShouldBe("e6 Pending", "e7 Failed");
        (await OnlyAsync("e7"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(
                new
                {
                    Reason = "refused_by_meta",
                    Attempts = 1,
                    Answer = new MetaAnswer(100, 2804003, "Invalid parameter", "trace-1"),
                }
            );
        (await OnlyAsync("e4")).Deliveries.Single().Reason.Should().Be("expired");
    }

    [Fact]
    public async Task A_failed_event_is_followed_through_replay_discard_and_expiry()
    {
        await NoteAsync(Accepted("a"), Accepted("b"), Accepted("c"));
        await FailAllAsync();
        var ids = (await Outbox.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Id)
            .Reverse()
            .ToArray();
        await Outbox.ResolveFailedAsync(new FailedSelection { Ids = [ids[0]] }, Resolution.Replay, default);
        await Outbox.ResolveFailedAsync(new FailedSelection { Ids = [ids[1]] }, Resolution.Discard, default);
        await Outbox.ResolveFailedAsync(new FailedSelection { Ids = [ids[2]] }, Resolution.Expire, default);

        await StatesShouldBe("a Pending", "b Discarded", "c Expired");
        (await OnlyAsync("b")).Deliveries.Single().Reason.Should().Be("refused_by_meta");
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        await StatesShouldBe("a Delivered");
    }

    [Fact]
    public async Task An_event_for_several_datasets_has_a_state_for_each()
    {
        await NoteAsync(Several("a", "1", "2"), Several("b", "2", "3"), Several("c", "1", "3"));
        var chunks = await AllAsync();
        await Settle(ChunkSettlement.Delivered(chunks.Single(chunk => chunk.Destination.DatasetId == "2")));

        await StatesShouldBe("a Pending Delivered", "b Delivered Pending", "c Pending Pending");
    }

    [Fact]
    public async Task Everything_about_an_event_is_there_after_a_restart()
    {
        await NoteAsync(Accepted("a", ["clock_skew"]), Accepted("b"), NotSent("c", Outcome.Ignored, "no_consent"));
        await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [Refused with { Index = 1 }]));

        await RestartAsync();

        await StatesShouldBe("a Delivered", "b Failed");
        (await Outbox.OutcomesAsync(new OutcomeQuery(), default))
            .Items.Select(item => item.EventId)
            .Should()
            .Equal("c", "a");
    }
}
