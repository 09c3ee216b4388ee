using System.Globalization;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>How to read a date such as 03/04/2026, as far as the file shows it.</summary>
internal static class FlatFileDates
{
    /// <summary>
    /// The order for one row: the setting or what the file shows; else the day is first where dots separate, as in
    /// every country that writes dots.
    /// </summary>
    public static DateOrder OrderOf(FlatFileRow row, MappingOptions options) =>
        options.DateOrder
        ?? (
            row.Text(FlatFileColumn.EventTime) is [_, '.', ..] or [_, _, '.', ..]
                ? DateOrder.DayFirst
                : options.ReadingOrder
        );

    /// <summary>The order that a date shows: one of its parts is over 12. Else <see langword="null"/>.</summary>
    public static DateOrder? Shown(string date)
    {
        var first = date.AsSpan().IndexOfAny('/', '.', '-');
        if (first is not (1 or 2) || !int.TryParse(date.AsSpan(0, first), CultureInfo.InvariantCulture, out var one))
        {
            return null;
        }

        var second = date.IndexOf(date[first], first + 1);
        return second < 0
            || !int.TryParse(date.AsSpan(first + 1, second - first - 1), CultureInfo.InvariantCulture, out var two)
                ? null
            : one > 12 ? DateOrder.DayFirst
            : two > 12 ? DateOrder.MonthFirst
            : null;
    }

    /// <summary>Whether dots separate the parts of a date.</summary>
    public static bool HasDots(string date) => date is [_, '.', ..] or [_, _, '.', ..];
}
