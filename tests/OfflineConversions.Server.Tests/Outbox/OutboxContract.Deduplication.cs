using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Whose deliveries count as repeats of each other, and for how long.</summary>
public abstract partial class OutboxContract
{
    private protected static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData("stores", null, "stores", null, true)]
    [InlineData("web", null, "stores", null, false)]
    [InlineData("web", "shop", "stores", null, false)]
    [InlineData("web", null, "stores", "shop", false)]
    [InlineData("web", "shop", "stores", "shop", true)]
    [InlineData("web", "shop", "stores", "Shop", false)]
    [InlineData("web", "shop", "stores", "shop2", false)]
    [InlineData("web", "stores", "stores", null, false)]
    [InlineData("web", null, "stores", "web", false)]
    [InlineData("stores", "stores", "stores", null, false)]
    public async Task A_repeat_is_recognised_within_its_connection_or_group_and_nowhere_else(
        string first,
        string? firstGroup,
        string second,
        string? secondGroup,
        bool isRepeat
    )
    {
        (await Append(InGroup(firstGroup, "a", first), InGroup(secondGroup, "a", second)))
            .Stored.Should()
            .Equal(true, !isRepeat);
        await RestartAsync();

        (await Append(InGroup(firstGroup, "a", first), InGroup(secondGroup, "a", second)))
            .Stored.Should()
            .Equal(false, false);
    }

    [Fact]
    public async Task A_changed_group_changes_new_keys_only()
    {
        await Append(InGroup(null, "a"));

        (await Append(InGroup("shop", "a"))).Stored.Should().Equal([true], "the group does not know it");
        (await Append(InGroup(null, "a"), InGroup("shop", "a"))).Stored.Should().Equal(false, false);
    }

    [Theory]
    [InlineData("refused_by_meta", null)]
    [InlineData("window_expired", null)]
    [InlineData("refused_by_meta", nameof(Resolution.Discard))]
    [InlineData("refused_by_meta", nameof(Resolution.Expire))]
    public async Task A_failed_discarded_or_expired_copy_releases_its_key(string reason, string? resolution)
    {
        await Append(InGroup(null, "a"), InGroup("shop", "b"), Some.Entry("c"));
        await Settle(
            new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, reason), new Burial(1, reason)])
        );
        if (resolution is not null)
        {
            await Outbox.ResolveFailedAsync(new FailedSelection(), Enum.Parse<Resolution>(resolution), default);
        }

        await RestartAsync();

        (await Append(InGroup(null, "a"), InGroup("shop", "b"), Some.Entry("c")))
            .Stored.Should()
            .Equal(true, true, false);
        await RestartAsync();
        (await Append(InGroup(null, "a"), InGroup("shop", "b"))).Stored.Should().Equal(false, false);
    }

    [Fact]
    public async Task A_copy_that_fails_late_does_not_release_the_key_that_a_later_copy_took()
    {
        await Append(Some.Entry("a", window: Hour));
        var first = (await Lease()).Single();
        Clock.Advance(Hour);
        (await Append(Some.Entry("a", window: Hour))).Stored.Should().Equal(true);

        await Settle(new ChunkSettlement(first, [], default, [new Burial(0, "window_expired")]));

        (await Append(Some.Entry("a", window: Hour))).Stored.Should().Equal(false);
    }

    [Fact]
    public async Task A_replayed_event_takes_its_key_again_for_what_was_left_of_its_window()
    {
        await Append(Some.Entry("a", window: Hour));
        Clock.Advance(TimeSpan.FromMinutes(20));
        await FailAsync();
        Clock.Advance(TimeSpan.FromDays(9));

        (await ReplayAsync()).Should().Be(new ResolvedEvents(1));

        (await Append(Some.Entry("a", window: Hour))).Stored.Should().Equal(false);
        Clock.Advance(TimeSpan.FromMinutes(40) - TimeSpan.FromSeconds(1));
        await RestartAsync();
        (await Append(Some.Entry("a", window: Hour))).Stored.Should().Equal(false);
        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Append(Some.Entry("a", window: Hour))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task A_replay_whose_key_is_taken_again_is_skipped_and_stays_on_the_list()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));
        await FailAsync();
        await Append(Some.Entry("a"));

        (await ReplayAsync()).Should().Be(new ResolvedEvents(Events: 1, Skipped: 1));

        (await Listed(new FailedQuery())).Should().Equal("a");
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 2, 1, 0, 0));
        (await Outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await Append(Some.Entry("a"))).Stored.Should().Equal([false], "the discarded copy does not have the key");
    }

    [Fact]
    public async Task Of_several_failed_copies_of_one_delivery_one_is_replayed()
    {
        for (var copy = 0; copy < 3; copy++)
        {
            (await Append(Some.Entry("a"))).Stored.Should().Equal(true);
            await FailAsync();
        }

        (await ReplayAsync()).Should().Be(new ResolvedEvents(Events: 1, Skipped: 2));
        (await Lease()).Texts().Should().Equal("""{"n":"a"}""");
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 1, 2, 0, 0));
    }

    [Fact]
    public async Task A_key_of_an_earlier_version_holds_for_every_connection_and_group_until_its_end()
    {
        await TakeOlderKeyAsync(Some.Entry("a").Delivery, Clock.GetUtcNow() + Hour);
        OutboxEntry[] repeats = [InGroup(null, "a"), InGroup(null, "a", "web"), InGroup("shop", "a", "app")];

        (await Append([.. repeats, Some.Entry("b"), Some.Entry("a", dataset: "2")]))
            .Stored.Should()
            .Equal(false, false, false, true, true);
        Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await RestartAsync();
        (await Append(repeats)).Stored.Should().Equal(false, false, false);

        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Append(repeats)).Stored.Should().Equal(true, true, true);
        (await Append(repeats)).Stored.Should().Equal(false, false, false);
    }

    /// <summary>Stores a deduplication key as a version did whose keys held for every connection.</summary>
    private protected abstract Task TakeOlderKeyAsync(EventDelivery delivery, DateTimeOffset end);

    private protected static OutboxEntry InGroup(string? group, string id, string connection = "stores") =>
        Some.Entry(id, connection) with
        {
            DeduplicationGroup = group,
        };

    private protected ValueTask<ResolvedEvents> ReplayAsync() =>
        Outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default);

    /// <summary>Everything that waits fails.</summary>
    private async Task FailAsync()
    {
        while (await Lease() is { Count: > 0 } chunks)
        {
            await Settle([
                .. chunks.Select(chunk => new ChunkSettlement(
                    chunk,
                    [],
                    default,
                    [.. chunk.Events.Select((_, i) => new Burial(i, "refused_by_meta"))]
                )),
            ]);
        }
    }
}
