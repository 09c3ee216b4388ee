namespace OfflineConversions.Conversions;

/// <summary>What the quality of a delivery is judged by. It has no value of a match key.</summary>
/// <param name="MatchKeys">The match keys in the payload.</param>
/// <param name="EventTime">
/// When it happened, as the source says, in Unix seconds, as Meta takes it; <see langword="null"/> if the source does
/// not say, so that the time of receipt was written.
/// </param>
/// <param name="ActionSource">Where it happened: one of Meta's action sources.</param>
internal readonly record struct EventQuality(MatchKeySet MatchKeys, long? EventTime, string ActionSource);
