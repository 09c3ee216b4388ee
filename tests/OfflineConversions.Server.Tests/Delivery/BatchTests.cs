using OfflineConversions.Conversions;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class BatchTests
{
    private static readonly Destination Somewhere = new("stores", MetaApi.ConversionsApi, "1", null);
    private static readonly DateTimeOffset Noon = SimulatedTime.Start;

    [Fact]
    public void A_chunk_is_settled_as_soon_as_its_last_event_has_met_its_fate_and_only_once()
    {
        var batch = new Batch([Chunk(1, 2), Chunk(2, 2)]);

        batch.Deliver(new Part(0, 1));
        batch.TakeDecided().Should().BeEmpty();
        batch.Bury(1, "refused_by_meta");
        var first = batch.TakeDecided().Should().ContainSingle().Subject;
        batch.Keep(batch.Whole, Noon, tried: true);
        var second = batch.TakeDecided().Should().ContainSingle().Subject;

        first
            .Should()
            .BeEquivalentTo(
                new
                {
                    Chunk = new { Id = 1 },
                    Keep = Array.Empty<int>(),
                    Buried = new[] { new Burial(1, "refused_by_meta") },
                }
            );
        second
            .Should()
            .BeEquivalentTo(
                new
                {
                    Chunk = new { Id = 2 },
                    Keep = new[] { 0, 1 },
                    Due = Noon,
                    Buried = Array.Empty<Burial>(),
                    CountAttempt = true,
                }
            );
        batch.TakeDecided().Should().BeEmpty();
    }

    [Fact]
    public void What_is_kept_is_due_when_the_last_of_it_is_and_counts_as_tried_when_any_of_it_was()
    {
        var batch = new Batch([Chunk(1, 3)]);
        batch.Keep(new Part(0, 1), Noon.AddMinutes(5), tried: true);
        batch.Keep(batch.Whole, Noon, tried: false);

        batch
            .TakeDecided()
            .Should()
            .ContainSingle()
            .Which.Should()
            .BeEquivalentTo(new { Due = Noon.AddMinutes(5), CountAttempt = true });
    }

    [Fact]
    public void A_refusal_is_an_attempt_and_an_event_that_expired_unsent_had_none()
    {
        var (refused, expired) = (new Batch([Chunk(1, 2)]), new Batch([Chunk(2, 1)]));
        refused.Bury(1, "refused_by_meta", new GraphResponse { Status = 400 });
        refused.Deliver(refused.Whole);
        expired.Bury(0, "window_expired");

        refused.TakeDecided().Should().ContainSingle().Which.CountAttempt.Should().BeTrue();
        expired.TakeDecided().Should().ContainSingle().Which.CountAttempt.Should().BeFalse();
    }

    [Fact]
    public void A_fate_is_final()
    {
        var batch = new Batch([Chunk(1, 1)]);
        batch.Deliver(batch.Whole);
        batch.Keep(batch.Whole, Noon, tried: true);

        batch.TakeDecided().Should().ContainSingle().Which.Keep.Should().BeEmpty();
    }

    [Fact]
    public void Requests_stay_within_both_limits_unless_a_single_event_exceeds_them()
    {
        var sizes = new[] { 10, 10, 10, 90, 10, 50, 40 };
        var batch = new Batch([
            new Chunk(1, default, Somewhere, [.. sizes.Select(size => new StoredEvent(new byte[size], Noon))], 0, Noon),
        ]);

        new BatchLimits(2, 60)
            .Cut(batch)
            .Select(part => (part.Start, part.Count))
            .Should()
            .Equal((0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1));
        new BatchLimits(100, 1000).Cut(batch).Should().Equal(batch.Whole);
    }

    [Fact]
    public void Events_that_have_met_their_fate_are_not_sent()
    {
        var batch = new Batch([Chunk(1, 6)]);
        foreach (var buried in new[] { 0, 3, 5 })
        {
            batch.Bury(buried, "window_expired");
        }

        new BatchLimits(100, 1000).Cut(batch).Should().Equal(new Part(1, 2), new Part(4, 1));
    }

    private static Chunk Chunk(long id, int events) =>
        new(
            id,
            default,
            Somewhere,
            [.. Enumerable.Range(0, events).Select(n => new StoredEvent(DeliveryHouse.Event(n), Noon.AddDays(7)))],
            0,
            Noon
        );
}
