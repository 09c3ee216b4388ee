namespace OfflineConversions.Server.Quality;

/// <summary>The kinds of roll-ups that quality is made of. Stored; a value never changes its meaning.</summary>
internal static class QualityKind
{
    /// <summary>Accepted events with a delivery that was stored, by action source.</summary>
    public const string Events = "quality_events";

    /// <summary>Those of them that have a match key, by its name at Meta.</summary>
    public const string MatchKey = "quality_key";

    /// <summary>Those of them whose source says when they happened, by the bucket of <see cref="Freshness"/>.</summary>
    public const string Age = "quality_age";
}
