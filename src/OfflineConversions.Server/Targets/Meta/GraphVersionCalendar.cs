using System.Globalization;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>When a version of the Graph API was released and ends.</summary>
/// <param name="Major">The major version.</param>
/// <param name="Released">The day of its release.</param>
/// <param name="Ends">The day on which it ends; null if Meta has not published one.</param>
internal sealed record VersionDates(int Major, DateOnly Released, DateOnly? Ends);

/// <summary>
/// Meta's version calendar. The Conversions API follows the dates of the Graph API. Sources: Meta, "Graph API
/// Changelog" and "Using the API".
/// </summary>
internal static class GraphVersionCalendar
{
    private static readonly VersionDates[] Versions =
    [
        new(16, new(2023, 2, 2), new(2025, 5, 14)),
        new(19, new(2024, 1, 23), new(2026, 5, 21)),
        new(20, new(2024, 5, 21), new(2026, 9, 24)),
        new(21, new(2024, 10, 2), new(2027, 1, 21)),
        new(22, new(2025, 1, 21), new(2027, 5, 20)),
        new(23, new(2025, 5, 29), new(2027, 10, 8)),
        new(24, new(2025, 10, 8), new(2028, 2, 18)),
        new(25, new(2026, 2, 18), new(2028, 7, 29)),
        new(26, new(2026, 7, 29), null),
        new(27, new(2026, 11, 4), null),
    ];

    /// <summary>
    /// The dates of a version such as <c>v27.0</c>; null for one that is not in the calendar, such as a later one.
    /// </summary>
    public static VersionDates? Find(string version) =>
        Major(version) is { } major ? Array.Find(Versions, dates => dates.Major == major) : null;

    /// <summary>
    /// Whether the version has ended by a day. A version that is missing in the calendar has ended if a later one has.
    /// </summary>
    public static bool HasEnded(string version, DateOnly day) =>
        Major(version) is { } major && Array.Exists(Versions, dates => dates.Major >= major && dates.Ends <= day);

    private static int? Major(string version) =>
        version.Length > 1
        && int.TryParse(
            version.AsSpan(1).ToString().Split('.')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var major
        )
            ? major
            : null;
}
