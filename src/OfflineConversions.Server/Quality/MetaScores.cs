namespace OfflineConversions.Server.Quality;

/// <summary>Meta's own scores of the datasets of a connection. Source: Meta, "Dataset Quality API".</summary>
/// <param name="At">When Meta was asked.</param>
/// <param name="Agent">The partner agent whose events alone are scored; null for all events of the datasets.</param>
/// <param name="Datasets">The datasets, in the order of the settings.</param>
internal sealed record MetaScores(DateTimeOffset At, string? Agent, IReadOnlyList<DatasetScores> Datasets);

/// <summary>Meta's scores of one dataset.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Events">Each event name; empty while Meta has too few events.</param>
internal sealed record DatasetScores(string DatasetId, IReadOnlyList<EventScore> Events);

/// <summary>Meta's score of one event name.</summary>
/// <param name="Kind"><c>web</c> or <c>offline</c>.</param>
/// <param name="EventName">The event name.</param>
/// <param name="Score">The match quality of web events, or the data quality of offline events, from 0 to 10.</param>
/// <param name="Parts">What the score of offline events is made of: <c>match_key</c>, <c>frequency</c>, …</param>
/// <param name="Coverage">The share of the events that has a key, from 0 to 1, under Meta's name of the key.</param>
/// <param name="Recommendations">What Meta recommends, in its words.</param>
internal sealed record EventScore(
    string Kind,
    string EventName,
    double? Score,
    IReadOnlyDictionary<string, double> Parts,
    IReadOnlyDictionary<string, double> Coverage,
    IReadOnlyList<string> Recommendations
);
