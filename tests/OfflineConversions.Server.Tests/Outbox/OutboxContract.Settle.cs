using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>How leases end.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task Delivered_events_leave()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));

        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        (await Lease()).Should().BeEmpty();
        (await Outbox.BacklogAsync(default)).Should().BeEmpty();
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Events_keep_the_trace_of_their_post_until_they_are_delivered()
    {
        var (first, second) = (NewLink(), NewLink());
        await Append(
            Some.Entry("a") with
            {
                Trace = first,
            },
            Some.Entry("b"),
            Some.Entry("c") with
            {
                Trace = second,
            },
            Some.Entry("d") with
            {
                Trace = second,
            }
        );

        var whole = (await Lease()).Single();
        whole.Events.Select(stored => stored.Trace).Should().Equal(first, null, second, second);
        await Settle(new ChunkSettlement(whole, [1, 3], Clock.GetUtcNow(), [new Burial(2, "refused_by_meta")]));
        (await Lease()).Single().Events.Select(stored => stored.Trace).Should().Equal(null, second);

        static TraceLink NewLink() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
    }

    [Fact]
    public async Task Deferred_events_wait_for_their_time_and_remember_the_attempt()
    {
        await Append(Some.Entry("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow().AddMinutes(1)));

        (await Lease()).Should().BeEmpty();
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Lease()).Single().Attempts.Should().Be(1);
    }

    [Fact]
    public async Task One_bad_event_is_buried_one_is_kept_and_their_neighbours_are_delivered()
    {
        await Append(Some.Entry("a"), Some.Entry("b"), Some.Entry("c"), Some.Entry("d"));
        var created = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(5));
        var burial = new Burial(2, "rejected_by_meta", 100, 2804050, "Invalid parameter", "trace", "user_data");

        await Settle(new ChunkSettlement((await Lease()).Single(), [3, 1], Clock.GetUtcNow(), [burial]));

        var kept = (await Lease()).Single();
        kept.Texts().Should().Equal("""{"n":"b"}""", """{"n":"d"}""");
        kept.Attempts.Should().Be(1);
        kept.CreatedAt.Should().Be(created);
        kept.Events.Should().OnlyContain(stored => stored.ExpiresAt == Some.Expiry);
        var failed = (await Outbox.FailedAsync(new FailedQuery("stores"), default)).Single();
        failed.Text().Should().Be("""{"n":"c"}""");
        failed.Burial.Should().Be(burial with { Index = 0 });
        failed.FailedAt.Should().Be(Clock.GetUtcNow());
        failed.Attempts.Should().Be(1);
    }

    [Fact]
    public async Task A_second_settlement_of_the_same_lease_changes_nothing()
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();
        var due = Clock.GetUtcNow();

        await Settle(ChunkSettlement.Deferred(chunk, due), ChunkSettlement.Delivered(chunk));
        await Settle(ChunkSettlement.Delivered(chunk));

        (await Lease()).Single().Attempts.Should().Be(1);
    }

    [Fact]
    public async Task A_settlement_that_names_an_event_twice_is_a_defect_of_the_caller()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));
        var chunk = (await Lease()).Single();

        await FluentActions
            .Awaiting(async () => await Settle(new ChunkSettlement(chunk, [0], default, [new Burial(0, "x")])))
            .Should()
            .ThrowAsync<ArgumentException>();
        await FluentActions
            .Awaiting(async () => await Settle(new ChunkSettlement(chunk, [2], default, [])))
            .Should()
            .ThrowAsync<ArgumentException>();
        await Settle(ChunkSettlement.Delivered(chunk));
        (await Outbox.BacklogAsync(default)).Should().BeEmpty();
    }
}
