using OfflineConversions.Conversions;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class BatchTests
{
    private static readonly Destination Stores = new("stores", MetaApi.ConversionsApi, "1", null);
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_chunk_is_settled_once_when_its_last_event_has_an_outcome()
    {
        var batch = BatchOf([Chunk(1, 2), Chunk(2, 2)]);

        batch.Deliver(new EventRange(0, 1));
        batch.TakeSettlements().Should().BeEmpty();
        batch.Bury(1, "refused_by_meta");
        var first = batch.TakeSettlements().Should().ContainSingle().Subject;
        batch.Keep(batch.Whole, Noon, tried: true);
        var second = batch.TakeSettlements().Should().ContainSingle().Subject;

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
        batch.TakeSettlements().Should().BeEmpty();
    }

    [Fact]
    public void Kept_events_are_due_with_the_latest_of_them_and_count_as_tried_if_any_of_them_was()
    {
        var batch = BatchOf([Chunk(1, 3)]);
        batch.Keep(new EventRange(0, 1), Noon.AddMinutes(5), tried: true);
        batch.Keep(batch.Whole, Noon, tried: false);

        batch
            .TakeSettlements()
            .Should()
            .ContainSingle()
            .Which.Should()
            .BeEquivalentTo(new { Due = Noon.AddMinutes(5), CountAttempt = true });
    }

    [Fact]
    public void A_refusal_counts_as_an_attempt_and_an_event_that_expired_unsent_does_not()
    {
        var (refused, expired) = (BatchOf([Chunk(1, 2)]), BatchOf([Chunk(2, 1)]));
        refused.Bury(1, "refused_by_meta", new GraphResponse { Status = 400 });
        refused.Deliver(refused.Whole);
        expired.Bury(0, "window_expired");

        refused.TakeSettlements().Should().ContainSingle().Which.CountAttempt.Should().BeTrue();
        expired.TakeSettlements().Should().ContainSingle().Which.CountAttempt.Should().BeFalse();
    }

    [Fact]
    public void An_outcome_is_final()
    {
        var batch = BatchOf([Chunk(1, 1)]);
        batch.Deliver(batch.Whole);
        batch.Keep(batch.Whole, Noon, tried: true);

        batch.TakeSettlements().Should().ContainSingle().Which.Keep.Should().BeEmpty();
    }

    [Fact]
    public void Requests_stay_within_both_limits_unless_a_single_event_exceeds_them()
    {
        var sizes = new[] { 10, 10, 10, 90, 10, 50, 40 };
        var batch = BatchOf([
            new Chunk(1, default, Stores, [.. sizes.Select(size => new StoredEvent(new byte[size], Noon))], 0, Noon),
        ]);

        new BatchLimits(2, 60)
            .Cut(batch)
            .Select(part => (part.Start, part.Count))
            .Should()
            .Equal((0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1));
        new BatchLimits(100, 1000).Cut(batch).Should().Equal(batch.Whole);
    }

    [Fact]
    public void Events_that_have_an_outcome_are_not_sent()
    {
        var batch = BatchOf([Chunk(1, 6)]);
        foreach (var buried in new[] { 0, 3, 5 })
        {
            batch.Bury(buried, "window_expired");
        }

        new BatchLimits(100, 1000).Cut(batch).Should().Equal(new EventRange(1, 2), new EventRange(4, 1));
    }

    [Fact]
    public void Only_events_that_expire_before_they_may_be_sent_again_are_buried()
    {
        DateTimeOffset[] expiries = [Noon, Noon.AddMinutes(5), Noon.AddMinutes(5).AddTicks(1)];
        var batch = BatchOf([
            new Chunk(1, default, Stores, [.. expiries.Select(at => new StoredEvent(new byte[1], at))], 0, Noon),
        ]);

        batch.BuryExpired(batch.Whole, due: Noon.AddMinutes(5));
        batch.Keep(batch.Whole, Noon, tried: false);

        var settlement = batch.TakeSettlements().Should().ContainSingle().Subject;
        settlement.Buried.Should().Equal(new Burial(0, "window_expired"), new Burial(1, "window_expired"));
        settlement.Keep.Should().Equal(2);
    }

    [Fact]
    public void A_chunk_counts_as_unsettled_until_its_settlement_is_taken()
    {
        var (first, second) = (Chunk(1, 1), Chunk(2, 1));
        var batch = BatchOf([first, second]);
        batch.Deliver(new EventRange(0, 1));
        Unsettled(batch).Should().Equal(first, second);

        batch.TakeSettlements();

        Unsettled(batch).Should().Equal(second);
    }

    [Fact]
    public void A_chunk_in_two_batches_is_settled_by_the_one_that_decides_its_last_event()
    {
        var chunk = new LeasedChunk(Chunk(1, 5));
        var (first, second) = (new Batch([new ChunkPart(chunk, 0, 2)]), new Batch([new ChunkPart(chunk, 2, 3)]));

        second.Deliver(new EventRange(0, 1));
        second.Bury(1, "refused_by_meta");
        second.Keep(second.Whole, Noon, tried: true);
        second.TakeSettlements().Should().BeEmpty();
        chunk.IsSettled.Should().BeFalse();
        first.Deliver(first.Whole);
        var settlement = first.TakeSettlements().Should().ContainSingle().Subject;

        settlement.Buried.Should().Equal(new Burial(3, "refused_by_meta"));
        settlement.Keep.Should().Equal(4);
        (settlement.Due, settlement.CountAttempt, chunk.IsSettled).Should().Be((Noon, true, true));
        second.TakeSettlements().Should().BeEmpty();
    }

    [Fact]
    public void Parts_of_a_chunk_that_return_keep_its_due_time_and_count_no_attempt()
    {
        var chunk = new LeasedChunk(Chunk(1, 4));
        var (first, second) = (new Batch([new ChunkPart(chunk, 0, 2)]), new Batch([new ChunkPart(chunk, 2, 2)]));

        first.Return();
        first.TakeSettlements().Should().BeEmpty();
        second.Return();
        var settlement = second.TakeSettlements().Should().ContainSingle().Subject;

        settlement.Keep.Should().Equal(0, 1, 2, 3);
        (settlement.Due, settlement.CountAttempt).Should().Be((default, false));
    }

    private static IEnumerable<Chunk> Unsettled(Batch batch) =>
        batch.Chunks.Where(leased => !leased.IsSettled).Select(leased => leased.Chunk);

    private static Batch BatchOf(IEnumerable<Chunk> chunks) => new([.. chunks.Select(ChunkPart.Whole)]);

    private static Chunk Chunk(long id, int events) =>
        new(
            id,
            default,
            Stores,
            [.. Enumerable.Range(0, events).Select(n => new StoredEvent(DeliveryHarness.Event(n), Noon.AddDays(7)))],
            0,
            Noon
        );
}
