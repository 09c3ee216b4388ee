using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Expiry, renewal, late settlements, and jumps of the clock.</summary>
public abstract partial class OutboxContract
{
    private protected static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_lease_ends_after_its_duration_and_then_another_caller_gets_the_chunk()
    {
        await Append(Some.Entry("a"));
        var first = (await Lease()).Single();
        first.Lease.End.Should().Be(Clock.GetUtcNow() + Outbox.LeaseDuration);

        Clock.Advance(Outbox.LeaseDuration - Tick);
        (await Lease()).Should().BeEmpty("the lease has not ended");
        Clock.Advance(Tick);
        var second = (await Lease()).Should().ContainSingle().Subject;

        second.Texts().Should().Equal(first.Texts());
        second.Attempts.Should().Be(0, "the end of a lease is no attempt");
        second.Lease.Token.Should().BeGreaterThan(first.Lease.Token);
    }

    [Fact]
    public async Task A_late_settlement_of_a_chunk_that_another_caller_has_leased_is_refused_as_a_value()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));
        var first = (await Lease()).Single();
        Clock.Advance(Outbox.LeaseDuration);
        var second = (await Lease()).Single();

        (await Settle(new ChunkSettlement(first, [0], Clock.GetUtcNow(), [new Burial(1, "refused_by_meta")])))
            .Should()
            .Equal(SettlementStatus.LeaseLost);
        (await Outbox.RenewAsync([first], default)).Should().Equal((Lease?)null);
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().BeEmpty();
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 2, 0, 0, 0));

        (await Settle(ChunkSettlement.Delivered(second))).Should().Equal(SettlementStatus.Settled);
        await LedgerShouldBe(new LedgerLine("stores", 2, 2, 0, 0, 0, 0));
    }

    [Fact]
    public async Task A_renewed_lease_lasts_its_whole_duration_from_the_renewal()
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();

        for (var i = 0; i < 4; i++)
        {
            Clock.Advance(Outbox.LeaseDuration - Tick);
            (await Outbox.RenewAsync([chunk], default))
                .Should()
                .Equal(new Lease(chunk.Lease.Token, Clock.GetUtcNow() + Outbox.LeaseDuration));
            (await Lease()).Should().BeEmpty();
        }

        (await Settle(ChunkSettlement.Delivered(chunk))).Should().Equal(SettlementStatus.Settled);
        (await Outbox.RenewAsync([chunk], default)).Should().Equal([null], "the lease is over");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lease_past_its_end_that_no_other_caller_has_taken_is_still_current(bool isRenewed)
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();
        Clock.Advance(3 * Outbox.LeaseDuration);

        if (isRenewed)
        {
            (await Outbox.RenewAsync([chunk], default)).Single().Should().NotBeNull();
            (await Lease()).Should().BeEmpty("the renewal holds it again");
        }

        (await Settle(ChunkSettlement.Delivered(chunk))).Should().Equal(SettlementStatus.Settled);
        (await Lease()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_lease_from_before_a_restart_is_no_longer_current()
    {
        await Append(Some.Entry("a"));
        var before = (await Lease()).Single();
        await RestartAsync();

        (await Outbox.RenewAsync([before], default)).Should().Equal((Lease?)null);
        (await Settle(ChunkSettlement.Delivered(before))).Should().Equal(SettlementStatus.LeaseLost);
        (await Lease()).Should().ContainSingle();
    }

    [Theory]
    [InlineData(365 * 24)]
    [InlineData(-12)]
    public async Task A_jump_of_the_wall_clock_neither_frees_nor_prolongs_a_lease(int hours)
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();

        Clock.Set(Clock.GetUtcNow().AddHours(hours));
        (await Lease()).Should().BeEmpty();
        (await Outbox.RenewAsync([chunk], default)).Single()!.Value.Token.Should().Be(chunk.Lease.Token);
        Clock.Advance(Outbox.LeaseDuration);
        Clock.Set(Some.Now.AddHours(1));

        (await Lease()).Should().ContainSingle("the lease has ended, whatever the wall clock shows");
    }

    [Fact]
    public async Task After_the_clock_is_set_back_events_are_stored_recognised_and_sent()
    {
        await Append(Some.Entry("before"));
        Clock.Set(Clock.GetUtcNow().AddHours(-3));

        (await Append(Some.Entry("before"), Some.Entry("after"))).Stored.Should().Equal(false, true);
        (await Lease()).Texts().Should().Equal("""{"n":"before"}""", """{"n":"after"}""");
        (await Outbox.BacklogAsync(default)).Single().OldestCreatedAt.Should().Be(Some.Now);
    }
}
