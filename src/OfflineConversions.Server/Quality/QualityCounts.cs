using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Quality;

/// <summary>Counts the match keys and ages of the events of one body for the roll-ups of the hour.</summary>
internal static class QualityCounts
{
    /// <summary>
    /// The counts of the events that were stored. An event for several datasets has the same keys in each and counts
    /// once.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="stored">Whether each delivery of all events was stored, in order.</param>
    /// <param name="receivedAt">When they arrived.</param>
    public static IReadOnlyList<RollUpCount> Of(
        IReadOnlyList<EventResult> events,
        IReadOnlyList<bool> stored,
        DateTimeOffset receivedAt
    )
    {
        Span<int> keys = stackalloc int[MatchKeyNames.All.Count];
        Span<int> ages = stackalloc int[Freshness.Buckets];
        keys.Clear();
        ages.Clear();
        var counts = new List<RollUpCount>();
        var next = 0;
        for (var index = 0; index < events.Count; index++)
        {
            var deliveries = events[index].Deliveries;
            var place = FirstStored(stored, next, deliveries.Count);
            next += deliveries.Count;
            if (place >= 0)
            {
                var quality = deliveries[place].Quality;
                Count(counts, quality.ActionSource ?? string.Empty);
                Count(keys, quality.MatchKeys);
                if (quality.EventTime is { } time)
                {
                    ages[Freshness.BucketOf(receivedAt - DateTimeOffset.FromUnixTimeSeconds(time))]++;
                }
            }
        }

        for (var key = 0; key < keys.Length; key++)
        {
            Add(counts, QualityKind.MatchKey, MatchKeyNames.NameOf((MatchKey)key), keys[key]);
        }

        for (var bucket = 0; bucket < ages.Length; bucket++)
        {
            Add(counts, QualityKind.Age, Freshness.NameOf(bucket), ages[bucket]);
        }

        return counts;
    }

    private static int FirstStored(IReadOnlyList<bool> stored, int first, int count)
    {
        for (var place = 0; place < count; place++)
        {
            if (stored[first + place])
            {
                return place;
            }
        }

        return -1;
    }

    private static void Count(Span<int> keys, MatchKeySet present)
    {
        for (var key = 0; key < keys.Length; key++)
        {
            keys[key] += present.Contains((MatchKey)key) ? 1 : 0;
        }
    }

    /// <summary>A body rarely has events of more than one action source.</summary>
    private static void Count(List<RollUpCount> counts, string actionSource)
    {
        for (var place = 0; place < counts.Count; place++)
        {
            if (counts[place].Name == actionSource)
            {
                counts[place] = counts[place] with { Count = counts[place].Count + 1 };
                return;
            }
        }

        counts.Add(new RollUpCount(QualityKind.Events, actionSource, 1));
    }

    private static void Add(List<RollUpCount> counts, string kind, string name, int count)
    {
        if (count > 0)
        {
            counts.Add(new RollUpCount(kind, name, count));
        }
    }
}
