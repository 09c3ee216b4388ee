using System.Diagnostics;
using System.Text;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

public sealed class ChunkFormatTests
{
    private static readonly StoredEvent[] Events =
    [
        new("""{"n":"ä"}"""u8.ToArray(), Some.Expiry, DeduplicationKey.OfEveryConnection("1001", "Purchase", "a")),
        new("{}"u8.ToArray(), DateTimeOffset.UnixEpoch, DeduplicationKey.None),
        new("[1]"u8.ToArray(), Some.Expiry.AddMilliseconds(1), DeduplicationKey.OfEveryConnection("1001", "Lead", "a")),
    ];

    // The digest of no destination, so that the layout can be given with a checksum without a seed.
    private const long Anywhere = 0;

    [Fact]
    public void What_was_written_is_read_byte_for_byte_with_every_expiry_and_key()
    {
        var content = ChunkFormat.Read(Build(Events), Anywhere);

        content.IsReadable.Should().BeTrue();
        content.Events.Select(Text).Should().Equal(Events.Select(Text));
        content.Events.Select(stored => stored.ExpiresAt).Should().Equal(Events.Select(stored => stored.ExpiresAt));
        content.Events.Select(stored => stored.Key).Should().Equal(Events.Select(stored => stored.Key));
    }

    [Fact]
    public void The_layout_of_version_1_never_changes()
    {
        var chunk = new ChunkBuilder();
        chunk.Add(
            new StoredEvent(
                "{}"u8.ToArray(),
                DateTimeOffset.FromUnixTimeMilliseconds(0x0102030405),
                new DeduplicationKey(DeduplicationScope.EveryConnection, UInt128.MaxValue - 1)
            )
        );

        Convert
            .ToHexString(chunk.Complete(Anywhere))
            .Should()
            .Be(
                "01" // version
                    + "00" // codec
                    + "22D6F9B881649346"
                    + "01000000" // events
                    + "7B7D" // payload
                    + "02000000" // end
                    + "0504030201000000" // expiry
                    + "01" // scope
                    + "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE" // key
            );
    }

    [Fact]
    public void Trace_links_are_kept_with_their_events_and_cost_nothing_where_there_are_none()
    {
        var (post, other) = (NewLink(), NewLink());
        TraceLink?[] links = [null, post, post, other, null, other];
        var payloads = links.Select(link => new StoredEvent("{}"u8.ToArray(), Some.Expiry) { Trace = link }).ToArray();

        foreach (var few in (int[])[1, 2, 4, 6])
        {
            var events = payloads[..few];
            var chunk = Build(events);
            ChunkFormat.Read(chunk, Anywhere).Events.Select(stored => stored.Trace).Should().Equal(links[..few]);
            EveryFlippedBitAndMissingByteIsFound(chunk);
        }

        Build(payloads[..1])
            .Should()
            .HaveCount(Build(Events[1..2]).Length, "an event without a link has no extra byte");
        Build(payloads[..1])[0].Should().Be(ChunkFormat.Version);
        Build(payloads)[0].Should().Be(ChunkFormat.TracedVersion);
    }

    [Fact]
    public void Links_that_do_not_fit_are_damage_even_under_a_right_checksum()
    {
        var valid = Build([new StoredEvent("{}"u8.ToArray(), Some.Expiry) { Trace = NewLink() }]);
        for (var at = valid.Length - 32; at < valid.Length; at += at == valid.Length - 32 ? 28 : 4)
        {
            foreach (var value in (byte[])[1, 2, 127, 255])
            {
                var damaged = valid.ToArray();
                damaged[at] = damaged[at] == value ? (byte)3 : value;
                ChunkFormat.WriteHeader(damaged, 1, Anywhere, version: ChunkFormat.TracedVersion);
                ChunkFormat.Read(damaged, Anywhere).Damage.Should().Be(ChunkDamage.Malformed, "{0} at {1}", value, at);
            }
        }
    }

    [Fact]
    public void A_builder_can_be_used_again()
    {
        var chunk = new ChunkBuilder();
        chunk.Add(Events[0]);
        chunk.Complete(Anywhere);
        chunk.Clear();
        chunk.Add(Events[1]);
        chunk.ExpiresAt.Should().Be(DateTimeOffset.UnixEpoch);

        ChunkFormat.Read(chunk.Complete(Anywhere).ToArray(), Anywhere).Events.Select(Text).Should().Equal("{}");
        (chunk.Events, chunk.PayloadBytes).Should().Be((1, 2));
    }

    [Fact]
    public void Every_flipped_bit_and_every_missing_byte_is_found()
    {
        var valid = Build(Events);
        EveryFlippedBitAndMissingByteIsFound(valid);
    }

    [Fact]
    public void The_digest_of_a_destination_never_changes() =>
        DestinationDigest.Of("stores", "ConversionsApi", "1001", "May").Should().Be(6452866021384137030);

    [Fact]
    public void A_chunk_is_damaged_for_every_destination_but_its_own()
    {
        long[] digests =
        [
            DestinationDigest.Of("stores", "ConversionsApi", "1001", null),
            DestinationDigest.Of("stores", "ConversionsApi", "1001", ""),
            DestinationDigest.Of("stores", "ConversionsApi", "100", "1"),
            DestinationDigest.Of("stores", "ConversionsApi1", "001", null),
            DestinationDigest.Of("stores", "OfflineEvents", "1001", null),
            DestinationDigest.Of("storesC", "onversionsApi", "1001", null),
            DestinationDigest.Of("störes", "ConversionsApi", "1001", null),
        ];
        digests.Should().OnlyHaveUniqueItems();
        var chunk = new ChunkBuilder();
        chunk.Add(Events[0]);
        var stored = chunk.Complete(digests[0]).ToArray();

        ChunkFormat.Read(stored, digests[0]).IsReadable.Should().BeTrue();
        digests
            .Skip(1)
            .Should()
            .OnlyContain(other => ChunkFormat.Read(stored, other).Damage == ChunkDamage.WrongChecksum);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void A_number_of_events_that_does_not_fit_is_damage_even_under_a_right_checksum(int events)
    {
        var chunk = Build(Events);
        ChunkFormat.WriteHeader(chunk, events, Anywhere);

        ChunkFormat.Read(chunk, Anywhere).Damage.Should().Be(ChunkDamage.Malformed);
    }

    internal static void EveryFlippedBitAndMissingByteIsFound(byte[] valid)
    {
        for (var bit = 0; bit < valid.Length * 8; bit++)
        {
            var damaged = valid.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ChunkFormat
                .Read(damaged, Anywhere)
                .Damage.Should()
                .Be(
                    bit < 8 ? ChunkDamage.UnknownVersion
                        : bit < 16 ? ChunkDamage.UnknownCodec
                        : ChunkDamage.WrongChecksum,
                    "bit {0}",
                    bit
                );
        }

        for (var length = 0; length < valid.Length; length++)
        {
            ChunkFormat.Read(valid[..length], Anywhere).IsReadable.Should().BeFalse("{0} bytes", length);
        }
    }

    private static TraceLink NewLink() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

    private static byte[] Build(IEnumerable<StoredEvent> events)
    {
        var chunk = new ChunkBuilder();
        foreach (var stored in events)
        {
            chunk.Add(stored);
        }

        return chunk.Complete(Anywhere).ToArray();
    }

    private static string Text(StoredEvent stored) => Encoding.UTF8.GetString(stored.Payload.Span);
}
