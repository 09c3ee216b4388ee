using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What waits for delivery, moved to another dataset.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task Redirected_events_go_to_the_new_dataset_byte_for_byte_as_if_never_tried()
    {
        await Append(Sale("a", uploadTag: "tag"), Sale("b"), Sale("c", dataset: "5"), Sale("d", connection: "web"));
        var accepted = Clock.GetUtcNow();
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        foreach (var chunk in await LeaseAllOf("stores"))
        {
            await Settle(ChunkSettlement.Deferred(chunk, Clock.GetUtcNow() + Hour));
        }

        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Outbox.CountPendingAsync(Wrong, default)).Should().Be(new PendingCount(2, 0));

        (await Outbox.RedirectAsync(Wrong, Right, default)).Should().Be(new ChangedPending(2, 0) { IsEmpty = true });

        (await Outbox.HaltsAsync(default)).Should().BeEmpty("nothing waits for the halted dataset");
        var moved = await LeaseAllOf("stores");
        moved
            .Should()
            .OnlyContain(it => it.Destination.DatasetId == "2002" && it.Attempts == 0 && it.CreatedAt == accepted);
        moved.Select(it => it.Destination.UploadTag).Should().BeEquivalentTo([null, "tag"]);
        moved.Texts().Should().BeEquivalentTo(PayloadOf("a"), PayloadOf("b"));
        moved.SelectMany(it => it.Events).Should().OnlyContain(it => it.ExpiresAt == Some.Expiry);
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 3, 0, 0, 0), new LedgerLine("web", 1, 0, 1, 0, 0, 0));
        (await PendingIds(new PendingQuery("stores", "1001"))).Should().BeEmpty();
        await RestartAsync();
        (await PendingIds(new PendingQuery("stores", "2002"))).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public async Task Events_in_flight_stay_where_they_are_and_so_does_the_halt()
    {
        await Append(Sale("a"));
        var inFlight = (await Lease()).Single();
        await Append(Sale("b"));
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        (await Outbox.CountPendingAsync(Wrong, default)).Should().Be(new PendingCount(1, 1));

        (await Outbox.RedirectAsync(Wrong, Right, default)).Should().Be(new ChangedPending(1, 1));

        (await Outbox.HaltsAsync(default)).Should().ContainSingle();
        (await Settle(ChunkSettlement.Deferred(inFlight, Clock.GetUtcNow()))).Should().Equal(SettlementStatus.Settled);
        (await Outbox.DiscardPendingAsync(Wrong, default)).Should().Be(new ChangedPending(1, 0) { IsEmpty = true });
        (await Outbox.HaltsAsync(default)).Should().BeEmpty();
        (await PendingIds(new PendingQuery())).Should().Equal("b");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 0, 1, 0));
    }

    [Fact]
    public async Task A_lease_that_ended_by_time_does_not_keep_events_from_moving_and_cannot_settle_them()
    {
        await Append(Sale("a"));
        var slow = (await Lease()).Single();
        Clock.Advance(Outbox.LeaseDuration);

        (await Outbox.RedirectAsync(Wrong, Right, default)).Events.Should().Be(1);

        (await Settle(ChunkSettlement.Delivered(slow))).Should().Equal(SettlementStatus.LeaseLost);
        (await PendingIds(new PendingQuery(DatasetId: "2002"))).Should().Equal("a");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shop")]
    public async Task An_event_that_the_new_dataset_has_already_is_dropped_as_a_duplicate(string? group)
    {
        var right = Right with { DeduplicationGroup = group };
        await Append(Sale("waits", dataset: "2002", group: group), Sale("delivered", dataset: "2002", group: group));
        await Settle(new ChunkSettlement((await Lease()).Single(), [0], default, []));
        await Append(Sale("waits", group: group), Sale("delivered", group: group), Sale("new", group: group));

        (await Outbox.RedirectAsync(Wrong, right, default))
            .Should()
            .Be(new ChangedPending(1, 0) { Duplicates = 2, IsEmpty = true });

        (await PendingIds(new PendingQuery())).Should().BeEquivalentTo("new", "waits");
        await LedgerShouldBe(new LedgerLine("stores", 5, 1, 2, 0, 2, 0));
        (await Append(Sale("new", dataset: "2002", group: group)))
            .Stored.Should()
            .Equal([false], "the event took its key there");
        await RestartAsync();
        (await Append(Sale("new", dataset: "2002", group: group))).Stored.Should().Equal(false);
    }

    [Fact]
    public async Task A_redirect_to_a_wrong_dataset_can_be_taken_back()
    {
        await Append(Sale("a"), Sale("b"));
        await Outbox.RedirectAsync(Wrong, Right, default);

        (await Outbox.RedirectAsync(new PendingScope("stores", "2002"), Right with { DatasetId = "1001" }, default))
            .Should()
            .Be(new ChangedPending(2, 0) { IsEmpty = true });

        (await Append(Sale("a"), Sale("a", dataset: "2002"))).Stored.Should().Equal(false, true);
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 3, 0, 0, 0));
    }

    [Fact]
    public async Task A_moved_event_keeps_the_end_of_its_key()
    {
        await Append(Sale("a"));
        Clock.Advance(TimeSpan.FromHours(40));
        await Outbox.RedirectAsync(Wrong, Right, default);
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        Clock.Advance(TimeSpan.FromHours(7));
        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(false);
        Clock.Advance(Hour);

        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task An_event_moves_also_without_a_key_or_with_one_that_its_payload_does_not_say()
    {
        await Append(
            Sale("a", window: TimeSpan.Zero),
            Some.Entry("no name or id"),
            Sale("b", group: "a group that has changed since")
        );

        (await Outbox.RedirectAsync(Wrong, Right, default)).Events.Should().Be(3);

        (await Append(Some.Entry("no name or id"))).Stored.Should().Equal([false], "it keeps the key that it has");
        (await PendingIds(new PendingQuery(DatasetId: "2002"))).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_moved_event_that_fails_releases_its_new_key()
    {
        await Append(Sale("a"));
        await Outbox.RedirectAsync(Wrong, Right, default);
        await Settle(
            new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "refused_by_meta", 100)])
        );

        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task A_large_dataset_moves_completely_while_others_arrive()
    {
        var padding = new string('x', 1500);
        foreach (var some in Enumerable.Range(0, 3000).Chunk(300))
        {
            await Append([.. some.Select(n => Sale($"{n}", chunkEvents: 100, padding: padding))]);
        }

        var moving = Outbox.RedirectAsync(Wrong, Right, default);
        await Append(Sale("3001", dataset: "2002"), Sale("other", connection: "web"));

        (await moving).Should().Match<ChangedPending>(it => it.Events == 3000 && it.InFlight == 0 && it.IsEmpty);
        (await Outbox.CountPendingAsync(new PendingScope("stores", "2002"), default)).Events.Should().Be(3001);
        await LedgerShouldBe(new LedgerLine("stores", 3001, 0, 3001, 0, 0, 0), new LedgerLine("web", 1, 0, 1, 0, 0, 0));
    }

    [Fact]
    public async Task Keys_of_an_earlier_version_count_at_the_new_dataset()
    {
        await TakeOlderKeyAsync(Sale("a", dataset: "2002").Delivery, Clock.GetUtcNow() + Hour);
        await Append(Sale("a"), Sale("b"));

        (await Outbox.RedirectAsync(Wrong, Right, default))
            .Should()
            .Be(new ChangedPending(1, 0) { Duplicates = 1, IsEmpty = true });
    }

    [Fact]
    public async Task Moved_events_are_still_erased_with_their_person()
    {
        var person = PersonTrace.Of(MatchKey.Email, "p"u8);
        await Append(Sale("a", padding: "p"), Sale("b"));
        await Outbox.RedirectAsync(Wrong, Right, default);

        (await Outbox.EraseAsync([person], Clock.GetUtcNow() + Hour, default)).Pending.Should().Be(1);

        (await PendingIds(new PendingQuery())).Should().Equal("b");
    }
}
