namespace OfflineConversions.Conversions;

/// <summary>
/// The limits of what a caller may choose freely and the service keeps: ids and names appear on disk, in lists and in
/// logs.
/// </summary>
internal static class EventLimits
{
    /// <summary>The most bytes of an event id, in UTF-8. The SHA-256 of a longer id becomes the id.</summary>
    public const int MostIdBytes = 256;

    /// <summary>
    /// The most characters of an event name, counted as UTF-16 code units, as JavaScript does. A longer name is
    /// rejected, because a shortened one would be another event.
    /// </summary>
    public const int LongestName = 100;
}
