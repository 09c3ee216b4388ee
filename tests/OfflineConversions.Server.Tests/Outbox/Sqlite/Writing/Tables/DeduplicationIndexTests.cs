using System.Buffers.Binary;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Writing.Tables;

public sealed class DeduplicationIndexTests
{
    private const long Start = 1_700_000_000_000L;

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(2, 20_000)]
    [InlineData(3, 20_000)]
    [InlineData(4, 300)]
    [InlineData(5, 300)]
    public void Any_sequence_of_adding_releasing_keeping_forgetting_and_waiting_agrees_with_the_truth(
        int seed,
        int different
    )
    {
        var random = new Random(seed);
        var keys = new DeduplicationIndex();
        var truth = new Dictionary<int, long>();
        var kept = new Dictionary<int, long>();
        var now = Start;
        for (var step = 0; step < 60_000; step++)
        {
            var number = random.Next(different);
            var isTaken = truth.TryGetValue(number, out var expiresAt) && expiresAt > now;
            switch (random.Next(100))
            {
                case 0:
                    keys.Forget();
                    truth = new Dictionary<int, long>(kept);
                    break;
                case < 4:
                    keys.Keep();
                    kept = new Dictionary<int, long>(truth);
                    break;
                case < 6:
                    // Whole seconds: the index counts in them.
                    now += random.Next(60) * 1000L;
                    break;
                case < 20 when isTaken:
                    keys.Release(Key(number), expiresAt + 1000)
                        .Should()
                        .BeFalse("another event has it, step {0}", step);
                    keys.Release(Key(number), random.Next(2) == 0 ? expiresAt : null).Should().BeTrue("step {0}", step);
                    truth.Remove(number);
                    break;
                case < 40:
                    keys.Contains(Key(number), now).Should().Be(isTaken, "step {0}", step);
                    break;
                default:
                    var until = now + (random.Next(1, 3600) * 1000L);
                    keys.TryAdd(Key(number), now, until).Should().Be(!isTaken, "step {0}", step);
                    if (!isTaken)
                    {
                        truth[number] = until;
                    }

                    break;
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void Of_the_rows_of_a_file_the_youngest_decides_about_a_key(int expected)
    {
        var random = new Random(expected);
        var keys = new DeduplicationIndex(expected);
        var truth = new Dictionary<int, long>();
        for (var row = 0; row < 100; row++)
        {
            var numbers = Enumerable.Range(0, 500).Select(_ => random.Next(30_000)).ToList();
            var expiresAt = random.Next(4) == 0 ? 0 : Start + (random.Next(-100, 100) * 1000L);
            keys.Load(numbers.SelectMany(Key).ToArray(), expiresAt);
            numbers.ForEach(number => truth.TryAdd(number, expiresAt));
        }

        for (var number = 0; number < 30_000; number++)
        {
            var isTaken = truth.TryGetValue(number, out var expiresAt) && expiresAt > Start;
            keys.Contains(Key(number), Start).Should().Be(isTaken);
        }
    }

    [Fact]
    public void Keys_that_have_expired_do_not_take_room_for_ever()
    {
        var table = new KeyTable(expected: 0);
        for (var number = 1u; number <= 100_000; number++)
        {
            table.FindOrAdd(number * 0x9E3779B97F4A7C15, now: number) = number + 50;
        }

        table.Slots.Should().BeLessThan(200);
    }

    [Fact]
    public void Keys_that_all_belong_in_one_place_are_found_too()
    {
        var table = new KeyTable(expected: 0);
        for (var number = 0u; number < 500; number++)
        {
            table.FindOrAdd(ulong.MaxValue - number, now: 1) = number + 2;
        }

        Enumerable
            .Range(0, 500)
            .Should()
            .OnlyContain(number => table.ExpiryOf(ulong.MaxValue - (uint)number) == number + 2);
    }

    private static byte[] Key(int number)
    {
        var key = new byte[DeduplicationKey.StoredBytes];
        new Random(number).NextBytes(key);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(12), number);
        return key;
    }
}
