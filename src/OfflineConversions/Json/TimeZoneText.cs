using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Json;

/// <summary>
/// Time zones as they follow a time: <c>Z</c>, <c>+01:00</c>, <c>+0100</c>, <c>GMT+1</c>, <c>CET</c>,
/// <c>[Europe/Berlin]</c>. An offset wins over the name beside it.
/// </summary>
internal static partial class TimeZoneText
{
    // Sources: RFC 2822, section 4.3, and the abbreviations of the IANA time zone database that stand for one offset.
    private static readonly FrozenDictionary<string, double> Hours = new Dictionary<string, double>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["Z"] = 0,
        ["UT"] = 0,
        ["UTC"] = 0,
        ["GMT"] = 0,
        ["WET"] = 0,
        ["WEST"] = 1,
        ["BST"] = 1,
        ["CET"] = 1,
        ["MEZ"] = 1,
        ["CEST"] = 2,
        ["MESZ"] = 2,
        ["EET"] = 2,
        ["EEST"] = 3,
        ["MSK"] = 3,
        ["HKT"] = 8,
        ["SGT"] = 8,
        ["AWST"] = 8,
        ["JST"] = 9,
        ["KST"] = 9,
        ["ACST"] = 9.5,
        ["AEST"] = 10,
        ["AEDT"] = 11,
        ["NZST"] = 12,
        ["NZDT"] = 13,
        ["NST"] = -3.5,
        ["NDT"] = -2.5,
        ["ADT"] = -3,
        ["EDT"] = -4,
        ["EST"] = -5,
        ["CDT"] = -5,
        ["CST"] = -6,
        ["MDT"] = -6,
        ["MST"] = -7,
        ["PDT"] = -7,
        ["PST"] = -8,
        ["AKDT"] = -8,
        ["AKST"] = -9,
        ["HST"] = -10,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The offset from UTC; none at all means UTC. <see langword="null"/> if the text names no zone that is known.
    /// </summary>
    /// <param name="zone">The zone, trimmed.</param>
    /// <param name="local">The time in that zone, which decides about daylight saving.</param>
    public static TimeSpan? OffsetOf(string zone, DateTime local)
    {
        if (zone.Length == 0)
        {
            return TimeSpan.Zero;
        }

        // In 16:11+01:00[Europe/Paris], the brackets only explain the offset.
        var bracket = Bracket().Match(zone);
        var name =
            !bracket.Success ? zone
            : bracket.Index > 0 ? zone[..bracket.Index]
            : bracket.Groups["name"].Value.Trim();
        if (Offset().Match(name) is { Success: true } offset)
        {
            return Read(offset);
        }

        return Hours.TryGetValue(name, out var hours) ? TimeSpan.FromHours(hours)
            : Place().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var place)
                ? place.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified))
            : null;
    }

    private static TimeSpan? Read(Match offset)
    {
        var (hours, minutes) = (Number(offset, "hours"), Number(offset, "minutes"));
        if (hours > 18 || minutes > 59)
        {
            return null;
        }

        var distance = new TimeSpan(hours, minutes, Number(offset, "seconds"));
        return offset.Groups["sign"].Value == "-" ? -distance : distance;
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } digits
            ? int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(
        @"^(?:(?:z|utc?|gmt)\s*)?(?<sign>[+-])\s*(?<hours>[0-9]{1,2})"
            + @"(?::?(?<minutes>[0-9]{2})(?::?(?<seconds>[0-9]{2}))?)?"
            + @"(\s+[a-z+-][a-z0-9/_+-]*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Offset();

    [GeneratedRegex(@"\s*\[(?<name>[^\[\]]*)\]\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bracket();

    [GeneratedRegex(
        @"^[a-z_]+(/[a-z0-9_+-]+){1,2}\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Place();
}
