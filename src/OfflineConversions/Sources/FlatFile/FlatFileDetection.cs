using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// What the first rows of a file show: the decimal separator of its amounts and the order of its dates.
/// </summary>
internal sealed class FlatFileDetection(FlatFileOptions options)
{
    private static readonly FlatFileColumn[] Dates = [FlatFileColumn.EventTime, FlatFileColumn.Birthdate];
    private static readonly FlatFileColumn[] Amounts =
    [
        FlatFileColumn.Value,
        FlatFileColumn.Price,
        FlatFileColumn.LineTotal,
    ];

    private readonly FlatFileColumns _columns = new(options);
    private bool _hasCommas;
    private bool _hasPoints;
    private bool _hasDots;
    private bool _hasDaysFirst;
    private bool _hasMonthsFirst;

    /// <summary>The decimal separator; <see langword="null"/> if the rows show none, or both.</summary>
    public string? DecimalSeparator =>
        (_hasCommas, _hasPoints) switch
        {
            (true, false) => ",",
            (false, true) => ".",
            _ => null,
        };

    /// <summary>
    /// The order of dates; <see langword="null"/> if the rows do not show it. Where every date could be read both ways,
    /// dots and decimal commas decide: no country that writes them puts the month first.
    /// </summary>
    public DateOrder? DateOrder =>
        (_hasDaysFirst, _hasMonthsFirst) switch
        {
            (true, false) => Json.DateOrder.DayFirst,
            (false, true) => Json.DateOrder.MonthFirst,
            (false, false) when _hasDots || DecimalSeparator == "," => Json.DateOrder.DayFirst,
            _ => null,
        };

    /// <summary>Looks at the rows of a list.</summary>
    public void Look(JsonPart rows)
    {
        foreach (var element in rows.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                Look(FlatFileRow.Read(element, _columns));
            }
        }
    }

    private void Look(FlatFileRow row)
    {
        foreach (var column in Amounts)
        {
            if (row.Text(column) is { } amount)
            {
                var shown = FlatFileMoney.Shown(amount);
                _hasCommas |= shown == ',';
                _hasPoints |= shown == '.';
            }
        }

        foreach (var column in Dates)
        {
            if (row.Text(column) is { } date)
            {
                var shown = FlatFileDates.Shown(date);
                _hasDaysFirst |= shown == Json.DateOrder.DayFirst;
                _hasMonthsFirst |= shown == Json.DateOrder.MonthFirst;
                _hasDots |= FlatFileDates.HasDots(date);
            }
        }
    }
}
