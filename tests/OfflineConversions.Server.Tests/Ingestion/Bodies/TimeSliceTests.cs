using System.IO.Compression;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

public sealed class TimeSliceTests
{
    private readonly TickingTime _time = new();

    [Fact]
    public void A_body_yields_only_when_its_slice_is_over_and_then_gets_a_new_one()
    {
        var slice = new TimeSlice(_time);

        _time.Advance(TimeSlice.Length / 2);
        slice.YieldIfOver();
        slice.Yields.Should().Be(0);

        _time.Advance(TimeSlice.Length / 2);
        slice.YieldIfOver();
        slice.YieldIfOver();
        slice.Yields.Should().Be(1);
    }

    [Fact]
    public void Decoding_a_compression_bomb_yields_after_each_64_KiB()
    {
        const int Bytes = 4 * 1024 * 1024;
        var slice = new TimeSlice(_time.PassingAtEachLook());
        var budget = new BodyBudget(long.MaxValue);
        using var wire = new PooledBytes(Bytes, budget);
        wire.Write(new(Packed(new byte[Bytes - 1])));

        var (bytes, _) = BodyDecoder.Decode(wire, ["gzip"], Bytes, budget, slice);

        bytes.Written.Length.Should().Be(Bytes - 1);
        slice.Yields.Should().BeGreaterThanOrEqualTo(Bytes / (64 * 1024));
        bytes.Dispose();
    }

    [Fact]
    public void Decoding_what_comes_to_nothing_yields_while_it_is_read()
    {
        var nothing = Convert.FromHexString("1F8B080000000000000303000000000000000000"); // an empty gzip member
        var budget = new BodyBudget(long.MaxValue);
        var slice = new TimeSlice(_time.PassingAtEachLook());
        using var wire = new PooledBytes(LargeBodies.Bytes, budget);
        while (wire.Written.Length + nothing.Length <= LargeBodies.Bytes)
        {
            wire.Write(new(nothing));
        }

        var (bytes, decodable) = BodyDecoder.Decode(wire, ["gzip"], LargeBodies.Bytes, budget, slice);

        decodable.Should().BeTrue();
        bytes.Written.Length.Should().Be(0);
        slice.Yields.Should().BeGreaterThan(10);
        bytes.Dispose();
    }

    [Fact]
    public void Counting_tokens_yields_after_each_8192()
    {
        var json = OddEvents.Bytes($"[{string.Concat(Enumerable.Repeat("1,", 200_000))}1]");
        var slice = new TimeSlice(_time.PassingAtEachLook());

        BodyLimits.Refuse(json, new IngestionOptions(), slice).Should().BeNull();

        slice.Yields.Should().BeGreaterThanOrEqualTo(200_000 / 8192);
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packer.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A clock that can also move by a whole slice whenever its timestamp is read.</summary>
    private sealed class TickingTime : FakeTimeProvider
    {
        private bool _passes;

        public override long GetTimestamp()
        {
            if (_passes)
            {
                Advance(TimeSlice.Length);
            }

            return base.GetTimestamp();
        }

        public TickingTime PassingAtEachLook()
        {
            _passes = true;
            return this;
        }
    }
}
