namespace OfflineConversions.Server.Quality;

/// <summary>How well Meta can match the events of a connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Events">The accepted events that were not duplicates.</param>
/// <param name="KeysPerEvent">How many match keys an event has on average.</param>
/// <param name="Coverage">The share of the events that has a match key, from 0 to 1, by the key's name at Meta.</param>
/// <param name="FreshnessSeconds">How old events were when they arrived.</param>
/// <param name="BadValues">How often a value was bad, by warning.</param>
/// <param name="Trend">The same by day, oldest first.</param>
/// <param name="Advice">What to improve, the most important first.</param>
/// <param name="Meta">Meta's own scores; null where Meta gives none.</param>
/// <param name="MetaProblem">Why there are no scores of Meta's; null if there are.</param>
internal sealed record ConnectionQuality(
    string Connection,
    long Events,
    double KeysPerEvent,
    IReadOnlyDictionary<string, double> Coverage,
    AgePercentiles FreshnessSeconds,
    IReadOnlyDictionary<string, long> BadValues,
    IReadOnlyList<DayQuality> Trend,
    IReadOnlyList<Advice> Advice,
    MetaScores? Meta,
    string? MetaProblem
);

/// <summary>Ages in seconds; null if no event says when it happened.</summary>
/// <param name="P50">Half of the events were not older.</param>
/// <param name="P95">95 % of the events were not older.</param>
internal sealed record AgePercentiles(double? P50, double? P95);

/// <summary>One day of a connection.</summary>
/// <param name="From">Its begin, in UTC.</param>
/// <param name="Events">The accepted events that were not duplicates.</param>
/// <param name="KeysPerEvent">How many match keys an event has on average.</param>
internal sealed record DayQuality(DateTimeOffset From, long Events, double KeysPerEvent);

/// <summary>One thing to improve.</summary>
/// <param name="Key">The match key, by its name at Meta, or <c>event_time</c>.</param>
/// <param name="Text">What is wrong and what to do.</param>
internal sealed record Advice(string Key, string Text);
