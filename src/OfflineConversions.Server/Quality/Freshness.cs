using System.Globalization;

namespace OfflineConversions.Server.Quality;

/// <summary>
/// How old events are when they arrive, as a histogram of fixed buckets, so that hours can be added up. A bucket is
/// stored under its index; a bound never changes.
/// </summary>
internal static class Freshness
{
    /// <summary>The upper bounds in seconds: from a second to Meta's longest window, 62 days.</summary>
    private static readonly double[] Bounds =
    [
        1,
        5,
        15,
        60,
        300,
        900,
        3_600,
        7_200,
        21_600,
        43_200,
        86_400,
        172_800,
        345_600,
        604_800,
        1_209_600,
        2_678_400,
        5_356_800,
    ];

    /// <summary>How many buckets there are. The last one has no bound.</summary>
    public static int Buckets => Bounds.Length + 1;

    /// <summary>The bucket of an age. A negative age counts as none.</summary>
    public static int BucketOf(TimeSpan age)
    {
        var place = Array.BinarySearch(Bounds, Math.Max(0, age.TotalSeconds));
        return place >= 0 ? place : ~place;
    }

    /// <summary>The name under which a bucket is stored.</summary>
    public static string NameOf(int bucket) => bucket.ToString(CultureInfo.InvariantCulture);

    /// <summary>The age in seconds that a share of the events does not exceed; null without events.</summary>
    /// <param name="counts">The number of events by bucket.</param>
    /// <param name="share">The share, for example 0.95.</param>
    public static double? Percentile(ReadOnlySpan<long> counts, double share)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            total += count;
        }

        var rank = share * total;
        var before = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            if (counts[bucket] > 0 && before + counts[bucket] >= rank)
            {
                var low = bucket == 0 ? 0 : Bounds[bucket - 1];
                var high = bucket < Bounds.Length ? Bounds[bucket] : low;
                return Math.Round(low + ((high - low) * (rank - before) / counts[bucket]), 1);
            }

            before += counts[bucket];
        }

        return null;
    }
}
