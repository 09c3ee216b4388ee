using System.Buffers;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// The counts of one commit as one value: for each, connection, kind and name as texts, and the count.
/// </summary>
internal static class StoredCounts
{
    /// <summary>Writes a count.</summary>
    public static void Write(RollUpKey key, long count, ArrayBufferWriter<byte> output)
    {
        output.WriteText(key.Connection);
        output.WriteText(key.Kind);
        output.WriteText(key.Name);
        output.WriteNumber(count);
    }

    /// <summary>Adds the counts of a commit to others. What is damaged is missing.</summary>
    /// <param name="stored">What <see cref="Write"/> wrote.</param>
    /// <param name="hour">The hour of the commit in Unix milliseconds.</param>
    /// <param name="sums">The others.</param>
    public static void AddTo(Dictionary<HourlyCount, long> sums, long hour, ReadOnlySpan<byte> stored)
    {
        var input = new VarintReader(stored);
        while (!input.IsAtEnd)
        {
            var key = new RollUpKey(input.Text(), input.Text(), input.Text());
            var count = input.Number();
            if (input.Failed)
            {
                return;
            }

            var hourly = new HourlyCount(hour, key);
            sums[hourly] = sums.GetValueOrDefault(hourly) + count;
        }
    }
}

/// <summary>What is counted in one hour.</summary>
/// <param name="Hour">The hour in Unix milliseconds.</param>
/// <param name="Key">What is counted.</param>
internal readonly record struct HourlyCount(long Hour, RollUpKey Key);
