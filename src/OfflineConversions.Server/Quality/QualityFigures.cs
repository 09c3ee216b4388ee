using System.Globalization;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Quality;

/// <summary>The roll-ups of one connection, added up.</summary>
internal sealed class QualityFigures
{
    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _badValues = new(StringComparer.Ordinal);
    private readonly SortedDictionary<DateTimeOffset, Day> _days = [];
    private readonly long[] _ages = new long[Freshness.Buckets];
    private long _webEvents;

    /// <summary>The events.</summary>
    public long Events { get; private set; }

    /// <summary>Whether most events come from a browser or an app, which have other keys than a shop.</summary>
    public bool IsWeb => 2 * _webEvents > Events;

    /// <summary>How many match keys an event has on average.</summary>
    public double KeysPerEvent => PerEvent(_keys.Values.Sum(), Events);

    /// <summary>How often a value was bad, by warning.</summary>
    public IReadOnlyDictionary<string, long> BadValues => _badValues;

    /// <summary>Each day, oldest first.</summary>
    public IReadOnlyList<DayQuality> Trend =>
        [
            .. _days
                .Where(day => day.Value.Events > 0)
                .Select(day => new DayQuality(day.Key, day.Value.Events, PerEvent(day.Value.Keys, day.Value.Events))),
        ];

    /// <summary>How old events were when they arrived.</summary>
    public AgePercentiles Ages => new(Freshness.Percentile(_ages, 0.5), Freshness.Percentile(_ages, 0.95));

    /// <summary>The share of the events that has a key, the most frequent first.</summary>
    public IReadOnlyDictionary<string, double> Coverage =>
        _keys
            .OrderByDescending(key => key.Value)
            .ThenBy(key => key.Key, StringComparer.Ordinal)
            .ToDictionary(key => key.Key, key => ShareOf(key.Key), StringComparer.Ordinal);

    /// <summary>The share of the events that has a key.</summary>
    public double ShareOf(string key) => Events == 0 ? 0 : Math.Round((double)_keys.GetValueOrDefault(key) / Events, 4);

    /// <summary>Adds the count of an hour.</summary>
    public void Add(RollUp count)
    {
        switch (count.Kind)
        {
            case QualityKind.Events:
                Events += count.Count;
                _webEvents += count.Name is "website" or "app" ? count.Count : 0;
                DayOf(count).Events += count.Count;
                break;
            case QualityKind.MatchKey:
                _keys[count.Name] = _keys.GetValueOrDefault(count.Name) + count.Count;
                DayOf(count).Keys += count.Count;
                break;
            case QualityKind.Age when Bucket(count.Name) is { } bucket:
                _ages[bucket] += count.Count;
                break;
            case RollUpKind.Warning when Quality.BadValues.Includes(count.Name):
                _badValues[count.Name] = _badValues.GetValueOrDefault(count.Name) + count.Count;
                break;
        }
    }

    private Day DayOf(RollUp count)
    {
        var begin = new DateTimeOffset(count.Hour.UtcDateTime.Date, TimeSpan.Zero);
        if (!_days.TryGetValue(begin, out var day))
        {
            _days.Add(begin, day = new Day());
        }

        return day;
    }

    private int? Bucket(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && bucket < _ages.Length
            ? bucket
            : null;

    private static double PerEvent(long keys, long events) => events == 0 ? 0 : Math.Round((double)keys / events, 2);

    private sealed class Day
    {
        public long Events { get; set; }

        public long Keys { get; set; }
    }
}
