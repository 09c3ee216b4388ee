using System.Buffers.Binary;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Writing.Tables;

public sealed class DeduplicationIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_adding_keeping_forgetting_and_waiting_agrees_with_the_truth(int seed)
    {
        var random = new Random(seed);
        var keys = new DeduplicationIndex();
        var truth = new Dictionary<int, long>();
        var kept = new Dictionary<int, long>();
        var now = 1_700_000_000_000L;
        for (var step = 0; step < 60_000; step++)
        {
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
                    now += random.Next(60_000);
                    break;
                default:
                    var number = random.Next(20_000);
                    var isNew = !truth.TryGetValue(number, out var expiresAt) || expiresAt <= now;
                    var until = now + (random.Next(1, 3600) * 1000L);
                    keys.TryAdd(Key(number), now, until).Should().Be(isNew, "step {0}", step);
                    if (isNew)
                    {
                        truth[number] = (until + 999) / 1000 * 1000;
                    }

                    break;
            }

            // Whole seconds: the set counts in them.
            now = now / 1000 * 1000;
        }
    }

    private static byte[] Key(int number)
    {
        var key = new byte[DeduplicationKey.StoredBytes];
        new Random(number).NextBytes(key);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(12), number);
        return key;
    }
}
