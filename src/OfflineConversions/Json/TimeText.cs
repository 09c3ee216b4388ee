using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Json;

/// <summary>
/// Times as programs and people write them: a date, then possibly a time of day, then possibly a time zone. Sources:
/// ISO 8601, RFC 1123, RFC 2822, RFC 850, and the text of JavaScript's, Java's, Ruby's, Python's and Go's times.
/// Without a time zone it is UTC, without a time of day midnight.
/// </summary>
internal static partial class TimeText
{
    private const int Longest = 100;
    private const int RegexTimeout = 1000;
    private const RegexOptions Options =
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Weekday = @"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?";
    private const string Day = @"(?<day>[0-9]{1,2})(?:st|nd|rd|th)?";
    private const string Month = @"(?<name>[a-z]{3,9})\.?";
    private const string Year = @"(?<year>[0-9]{4})(?![0-9])";

    private static readonly string[] MonthNames =
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];

    /// <summary>Reads a time; <see langword="null"/> if it is in no known form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="order">How a date such as 03/04/2026 is read; a part over 12 is always the day.</param>
    public static DateTimeOffset? Parse(string text, DateOrder order)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        var plain = Remark().Replace(text.Replace('\u2212', '-'), "");
        if (YearAtTheEnd().Match(plain) is { Success: true } late)
        {
            return Combine(Named(late), late.Groups["time"].Value, late.Groups["zone"].Value);
        }

        foreach (var form in (ReadOnlySpan<Regex>)[YearFirst(), YearLast(), DayMonth(), MonthDay()])
        {
            if (form.Match(plain) is { Success: true } match)
            {
                var rest = plain[match.Length..];
                var time = TimeOfDay().Match(rest);
                return Combine(DateOf(match, order), time.Value, rest[time.Length..]);
            }
        }

        return null;
    }

    /// <summary>
    /// Reads <c>20261125</c>, <c>20261125161100</c> and <c>20261125T161100Z</c>, which otherwise look like numbers.
    /// </summary>
    public static DateTimeOffset? ParseCompact(string text)
    {
        if (text.Length > Longest || Compact().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var time = match.Groups["time"] is { Length: >= 4 } digits ? digits.Value : "0000";
        var colons = time[..2] + ":" + time[2..4] + (time.Length > 4 ? ":" + time[4..] : "");
        return Combine(DateOf(match, default), " " + colons, match.Groups["zone"].Value);
    }

    private static DateOnly? DateOf(Match match, DateOrder order)
    {
        if (match.Groups["name"].Success)
        {
            return Named(match);
        }

        var year = Number(match, "year");
        if (match.Groups["month"].Success)
        {
            return Date(year, Number(match, "month"), Number(match, "day"));
        }

        var (first, second) = (Number(match, "first"), Number(match, "second"));
        return first > 12 || (second <= 12 && order == DateOrder.DayFirst)
            ? Date(year, second, first)
            : Date(year, first, second);
    }

    private static DateOnly? Named(Match match)
    {
        var name = match.Groups["name"].Value.ToLowerInvariant();
        var month = Array.FindIndex(MonthNames, full => full.StartsWith(name, StringComparison.Ordinal)) + 1;
        var year = Number(match, "year");
        var century =
            match.Groups["year"].Length == 4 ? 0
            : year < 70 ? 2000
            : 1900;
        return Date(century + year, month, Number(match, "day"));
    }

    private static DateOnly? Date(int year, int month, int day) =>
        year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static DateTimeOffset? Combine(DateOnly? date, string timeOfDay, string zone)
    {
        if (date is not { } day || SinceMidnight(timeOfDay) is not { } time)
        {
            return null;
        }

        var ticks = day.ToDateTime(TimeOnly.MinValue).Ticks + time.Ticks;
        if (
            ticks > DateTime.MaxValue.Ticks
            || TimeZoneText.OffsetOf(zone.Trim(), new DateTime(ticks)) is not { } offset
        )
        {
            return null;
        }

        ticks -= offset.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    private static TimeSpan? SinceMidnight(string timeOfDay)
    {
        if (timeOfDay.Length == 0)
        {
            return TimeSpan.Zero;
        }

        var match = TimeOfDay().Match(timeOfDay);
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        if (match.Groups["half"] is { Success: true } half)
        {
            if (hour is < 1 or > 12)
            {
                return null;
            }

            hour = (hour % 12) + (half.Value is "p" or "P" ? 12 : 0);
        }

        // 24:00:00 is the end of the day, and a leap second is the start of the next minute.
        if (minute > 59 || second > 60 || hour > 24 || (hour == 24 && minute + second > 0))
        {
            return null;
        }

        var ticks = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        return new TimeSpan(hour, minute, second)
            + new TimeSpan(long.Parse(ticks, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } digits
            ? int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;

    // JavaScript names the zone in parentheses, Go appends its monotonic clock.
    [GeneratedRegex(@"\s*(?:\([^()]*\)|\sm=[+-][0-9.]+)\s*\z", Options, RegexTimeout)]
    private static partial Regex Remark();

    [GeneratedRegex(
        @"^\s*(?<year>[0-9]{4})(?<s>[-/.])(?<month>[0-9]{1,2})\k<s>(?<day>[0-9]{1,2})(?![0-9])",
        Options,
        RegexTimeout
    )]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^\s*(?<first>[0-9]{1,2})(?<s>[-/.])(?<second>[0-9]{1,2})\k<s>" + Year, Options, RegexTimeout)]
    private static partial Regex YearLast();

    [GeneratedRegex(
        @"^\s*" + Weekday + Day + @"\.?(?:\s+|-)" + Month + @"(?:,?\s+|-)(?<year>[0-9]{4}|[0-9]{2})(?![0-9])",
        Options,
        RegexTimeout
    )]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"^\s*" + Weekday + Month + @"(?:\s+|-)" + Day + @"(?:,\s*|\s+|-)" + Year, Options, RegexTimeout)]
    private static partial Regex MonthDay();

    // Wed Nov 25 16:11:00 CET 2026, as C and Java write it.
    [GeneratedRegex(
        @"^\s*"
            + Weekday
            + Month
            + @"\s+"
            + Day
            + @"(?<time>\s+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)(\s+(?<zone>\S+))?\s+"
            + Year
            + @"\s*\z",
        Options,
        RegexTimeout
    )]
    private static partial Regex YearAtTheEnd();

    [GeneratedRegex(
        @"^(?:t|,?\s+(?:at\s+)?|,)(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})"
            + @"(?::(?<second>[0-9]{2})([.,](?<fraction>[0-9]+))?)?"
            + @"(\s*(?<half>[ap])\.?m\.?(?![a-z]))?",
        Options,
        RegexTimeout
    )]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(
        @"^(?<year>(?:19|20)[0-9]{2})(?<month>[0-9]{2})(?<day>[0-9]{2})"
            + @"(?:t?(?<time>[0-9]{4}([0-9]{2}([.,][0-9]+)?)?)(?<zone>z|[+-][0-9]{2}:?[0-9]{2})?)?\z",
        Options,
        RegexTimeout
    )]
    private static partial Regex Compact();
}
