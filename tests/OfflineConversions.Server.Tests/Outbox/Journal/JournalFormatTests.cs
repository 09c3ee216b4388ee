using System.Buffers;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Journal;

/// <summary>What is packed is unpacked again, whatever arrives in whatever order.</summary>
public sealed class JournalFormatTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 300)]
    [InlineData(4, 3000)]
    public void A_block_that_is_stored_says_of_each_event_what_was_noted(int seed, int events)
    {
        var noted = new ArbitraryArrivals(new Random(seed));
        var block = new JournalBlock();
        noted.NoteTo(block, events);

        noted.ShouldBeIn(Stored(block));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Blocks_that_are_joined_say_the_same_as_before(int seed)
    {
        var random = new Random(seed);
        var noted = new ArbitraryArrivals(random);
        var joined = new JournalBlock();
        for (var part = 0; part < 20; part++)
        {
            var block = new JournalBlock();
            noted.NoteTo(block, random.Next(1, 40));
            joined.Add(Stored(block), block.Texts);
        }

        noted.ShouldBeIn(Stored(joined));
        joined.Texts.Select(text => text.Text).Should().Equal(noted.Texts);
    }

    [Fact]
    public void Ids_in_clear_text_are_read_as_they_were_written()
    {
        JournalText[] texts =
        [
            new(0, "order-1"),
            new(3, "0189f7b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"),
            new(4, "0189F7B2-3C4D-7E5F-8A9B-0C1D2E3F4A5B"),
            new(900, "ünï"),
        ];
        var output = new ArrayBufferWriter<byte>();
        JournalTextFormat.Write(texts, output);

        JournalTextFormat.Read(output.WrittenSpan).Should().Equal(texts);
        for (var length = 0; length < output.WrittenCount; length++)
        {
            JournalTextFormat.Read(output.WrittenSpan[..length]).Should().BeSubsetOf(texts);
        }
    }

    [Fact]
    public void A_settlement_is_read_as_it_was_written()
    {
        var settlement = new JournalSettlement(
            Successor: 17,
            Kept: [0, 1, 2, 9],
            Erased: [4],
            [
                new JournalFailure(3, 5, "refused_by_meta", new MetaAnswer(100, -1, "title", "trace", "a.b")),
                new JournalFailure(7, 6, "window_expired", Answer: null),
            ]
        )
        {
            Discarded = [5, 6, 8],
            Dataset = "2002",
            Accepted = [new AcceptedRun(0, 9, new MetaAnswer(null, TraceId: "t1")), new AcceptedRun(9, 1, new(1))],
        };
        var output = new ArrayBufferWriter<byte>();
        settlement.WriteTo(output);

        JournalSettlement.Read(output.WrittenSpan).Should().BeEquivalentTo(settlement);
        var nothing = new ArrayBufferWriter<byte>();
        JournalSettlement.Delivered.WriteTo(nothing);
        nothing.WrittenCount.Should().Be(0);
    }

    [Fact]
    public void A_settlement_without_answers_is_still_read()
    {
        byte[] stored = [1, 17, 1, 0, 2, 0, 0, 0, 0]; // version, successor, one run of kept events, and nothing else

        JournalSettlement
            .Read(stored)
            .Should()
            .BeEquivalentTo(new JournalSettlement(Successor: 17, Kept: [0, 1], [], []));
    }

    [Fact]
    public void Damage_is_never_an_exception()
    {
        var random = new Random(8);
        var block = new JournalBlock();
        new ArbitraryArrivals(random).NoteTo(block, 50);
        var content = new ArrayBufferWriter<byte>();
        JournalFormat.Write(block, content);
        var settlement = new ArrayBufferWriter<byte>();
        new JournalSettlement(1, [0, 5], [7], [new JournalFailure(3, 5, "r", new MetaAnswer(1))])
        {
            Accepted = [new AcceptedRun(0, 4, new MetaAnswer(1))],
        }.WriteTo(settlement);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = Damaged(content.WrittenSpan, random);
            JournalFormat.Read(JournalFormat.Column(block.EventIds), JournalFormat.Column(block.OrderIds), damaged);
            JournalSettlement.Read(Damaged(settlement.WrittenSpan, random));
            JournalTextFormat.Read(Damaged(settlement.WrittenSpan, random));
        }

        JournalFormat.Read([], [], content.WrittenSpan).Should().BeNull("its digests are missing");
    }

    [Fact]
    public void An_event_takes_a_few_bytes()
    {
        var block = new JournalBlock();
        var chunk = new ChunkNumber { Value = 1_000_000 };
        var deliveries = Some.Entries(1000).Select(entry => entry.Delivery).ToArray();
        var arrivals = new Arrivals(
            "stores",
            "segment",
            [
                .. deliveries.Select(delivery => new EventResult(
                    Outcome.Accepted,
                    null,
                    [],
                    [delivery],
                    delivery.EventId
                )
                {
                    EventName = "Order Completed",
                    OrderId = delivery.EventId,
                }),
            ]
        );
        for (var index = 0; index < 1000; index++)
        {
            block.Add(Some.Now, arrivals, index, new ArrivalOutcome(Outcome.Accepted, null), [new(chunk, index)]);
        }

        var content = new ArrayBufferWriter<byte>();
        JournalFormat.Write(block, content);

        content.WrittenCount.Should().BeLessThan(150, "all events are alike and lie in one run");
    }

    private static JournalBlock Stored(JournalBlock block)
    {
        var content = new ArrayBufferWriter<byte>();
        JournalFormat.Write(block, content);
        return JournalFormat.Read(
            JournalFormat.Column(block.EventIds),
            JournalFormat.Column(block.OrderIds),
            content.WrittenSpan
        )!;
    }

    private static byte[] Damaged(ReadOnlySpan<byte> bytes, Random random)
    {
        var damaged = bytes[..random.Next(bytes.Length + 1)].ToArray();
        for (var times = random.Next(3); times > 0 && damaged.Length > 0; times--)
        {
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        }

        if (damaged.Length > 8 && random.Next(2) == 0)
        {
            // Beyond the checksum, so that what is behind it is read.
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(
                damaged,
                System.IO.Hashing.XxHash3.HashToUInt64(damaged.AsSpan(8))
            );
        }

        return damaged;
    }
}
