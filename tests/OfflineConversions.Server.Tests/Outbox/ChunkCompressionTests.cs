using System.Text;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

public sealed class ChunkCompressionTests
{
    private const long Anywhere = 0;

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(8, 600)]
    [InlineData(1000, 60)]
    [InlineData(1000, 900)]
    public void A_compressed_chunk_is_smaller_and_read_byte_for_byte_with_every_expiry_and_key(int count, int bytes)
    {
        var events = Long(count, bytes);

        var compressed = Build(events, compress: true);

        compressed[1].Should().Be(ChunkFormat.Zstandard);
        compressed.Length.Should().BeLessThan(Build(events).Length);
        var content = ChunkFormat.Read(compressed, Anywhere);
        content.IsReadable.Should().BeTrue();
        content.Events.Select(Text).Should().Equal(events.Select(Text));
        content.Events.Select(stored => stored.ExpiresAt).Should().Equal(events.Select(stored => stored.ExpiresAt));
        content.Events.Select(stored => stored.Key).Should().Equal(events.Select(stored => stored.Key));
    }

    [Fact]
    public void A_chunk_that_compression_does_not_make_smaller_or_makes_suspiciously_small_is_stored_as_it_is()
    {
        var random = new byte[5000];
        new Random(1).NextBytes(random);
        foreach (byte[] payload in new[] { "{}"u8.ToArray(), random, new byte[1_000_000] })
        {
            var chunk = Build([new StoredEvent(payload, Some.Expiry)], compress: true);

            chunk[1].Should().Be(ChunkFormat.Uncompressed);
            ChunkFormat.Read(chunk, Anywhere).Events.Single().Payload.ToArray().Should().Equal(payload);
        }
    }

    [Fact]
    public void Chunks_compressed_one_after_the_other_are_read_each_with_its_own_events()
    {
        using var compression = new ChunkCompression();
        var chunk = new ChunkBuilder();
        foreach (var count in new[] { 30, 7, 300, 1 })
        {
            var events = Long(count, 700);
            chunk.Clear();
            Array.ForEach(events, chunk.Add);

            var read = ChunkFormat.Read(chunk.Complete(Anywhere, compression).ToArray(), Anywhere);

            read.Events.Select(Text).Should().Equal(events.Select(Text));
        }
    }

    [Fact]
    public void Every_flipped_bit_and_every_missing_byte_of_a_compressed_chunk_is_found()
    {
        var valid = Build(Long(2, 2100), compress: true);
        ChunkFormatTests.EveryFlippedBitAndMissingByteIsFound(valid);
    }

    [Fact]
    public void Compressed_payloads_that_do_not_decompress_are_damage_even_under_a_right_checksum()
    {
        var valid = Build(Long(2, 2100), compress: true);
        for (var at = ChunkFormat.HeaderBytes; at < valid.Length - ChunkFormat.EntryBytes; at++)
        {
            foreach (var value in new byte[] { 0x00, 0x7F, 0xFF })
            {
                var damaged = valid.ToArray();
                damaged[at] = value;
                ChunkFormat.WriteHeader(damaged, 2, Anywhere, ChunkFormat.Zstandard);

                var read = () => ChunkFormat.Read(damaged, Anywhere);

                read.Should().NotThrow("byte {0} is {1}", at, value);
            }
        }

        foreach (var end in new[] { 0, -1, 1, 4199, 4201, 100_000, int.MaxValue, int.MinValue })
        {
            var damaged = valid.ToArray();
            BitConverter.GetBytes(end).CopyTo(damaged, damaged.Length - ChunkFormat.EntryBytes);
            ChunkFormat.WriteHeader(damaged, 2, Anywhere, ChunkFormat.Zstandard);

            ChunkFormat.Read(damaged, Anywhere).Damage.Should().Be(ChunkDamage.Malformed, "the end is {0}", end);
        }

        var plain = Build(Long(2, 2100));
        ChunkFormat.WriteHeader(plain, 2, Anywhere, ChunkFormat.Zstandard);
        ChunkFormat.Read(plain, Anywhere).Damage.Should().Be(ChunkDamage.Malformed);
    }

    private static StoredEvent[] Long(int count, int bytes) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(number => new StoredEvent(
                    Encoding.UTF8.GetBytes(
                        string.Concat(Enumerable.Range(0, bytes).Select(at => (char)('a' + Mix(number, at) % 16)))
                    ),
                    Some.Expiry.AddSeconds(number),
                    DeduplicationKey.OfEveryConnection("1001", "Purchase", $"{number}")
                )),
        ];

    private static int Mix(int number, int at) =>
        (int)((uint)((number * 7919) + (at * at * 31) + at) * 2654435761 >> 16);

    private static byte[] Build(IEnumerable<StoredEvent> events, bool compress = false)
    {
        using var compression = new ChunkCompression();
        var chunk = new ChunkBuilder();
        foreach (var stored in events)
        {
            chunk.Add(stored);
        }

        return chunk.Complete(Anywhere, compress ? compression : null).ToArray();
    }

    private static string Text(StoredEvent stored) => Encoding.UTF8.GetString(stored.Payload.Span);
}
