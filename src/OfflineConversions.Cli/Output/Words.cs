using System.Globalization;

namespace OfflineConversions.Cli.Output;

/// <summary>Numbers and times as text, the same on every machine.</summary>
internal static class Words
{
    /// <summary>A whole number with separators for thousands.</summary>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A time in UTC, to the second.</summary>
    public static string Of(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? SafeText.Nothing;

    /// <summary>The time of day in UTC.</summary>
    public static string TimeOf(DateTimeOffset time) =>
        time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number of things: <c>1 event</c>, <c>2 events</c>.</summary>
    public static string Of(long number, string thing) => $"{Of(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary>An age in its largest unit: <c>31 s</c>, <c>5 min</c>, <c>7 h</c>, <c>3 d</c>.</summary>
    public static string Age(double? seconds) =>
        seconds switch
        {
            null => SafeText.Nothing,
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 60):0} min"),
            < 86400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 3600):0} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 86400):0} d"),
        };

    /// <summary>Counts by name, the largest first: <c>duplicate 4, too_old 2</c>.</summary>
    public static string Counts(IReadOnlyDictionary<string, long>? counts) =>
        counts is null
            ? ""
            : string.Join(
                ", ",
                counts
                    .OrderByDescending(count => count.Value)
                    .ThenBy(count => count.Key, StringComparer.Ordinal)
                    .Select(count => $"{SafeText.Of(count.Key)} {Of(count.Value)}")
            );
}
