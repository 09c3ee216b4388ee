using System.Globalization;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Times in files: in the time zone of the connection unless they name their own, possibly in two columns, with years
/// of two digits, or as the number that a spreadsheet keeps.
/// </summary>
internal sealed class FlatFileTime(FlatFileOptions options)
{
    // Spreadsheets count days from here; these numbers are from 2000 to 2099.
    private static readonly DateTime FirstDay = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);
    private const double FirstSerial = 36_526;
    private const double LastSerial = 73_051;

    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    private readonly bool _isUtc = options.TimeZone.Equals("UTC", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the time of a row; <see langword="null"/> if it has none that can be read.</summary>
    public DateTimeOffset? Read(FlatFileRow row, DateOrder order)
    {
        var cell = row[FlatFileColumn.EventTime];
        if (CellText.Of(cell) is not { } text)
        {
            return null;
        }

        var clock = row.Text(FlatFileColumn.TimeOfDay) is { } timeOfDay ? WrittenTime.ClockOf(timeOfDay) : null;
        if (SerialOf(text) is { } serial)
        {
            return InZone(
                serial.TimeOfDay == TimeSpan.Zero
                && TimeSpan.TryParse(clock, CultureInfo.InvariantCulture, out var time)
                    ? serial + time
                    : serial
            );
        }

        if (cell.ValueKind == JsonValueKind.Number)
        {
            return Times.Read(cell, order);
        }

        text = WithFullYear(text);
        text = WrittenTime.InEnglish(text);
        if (clock is not null && !text.Contains(':', StringComparison.Ordinal))
        {
            text = $"{text} {clock}";
        }

        var zone = row.Text(FlatFileColumn.TimeZone) ?? (row.IsInUtc ? HeaderUnit.Utc : null);
        return (zone is null ? null : TimeText.Parse($"{text} {zone}", order)) ?? Read(text, cell, order);
    }

    private DateTimeOffset? Read(string text, JsonPart cell, DateOrder order)
    {
        if (QuickTime.Read(text, order) is { } local)
        {
            return InZone(local);
        }

        if (!_isUtc && text.Length < 60)
        {
            if (TimeText.ParseCompact(text) is { } compact)
            {
                return text.AsSpan().ContainsAny('Z', 'z', '+') ? compact : InZone(compact.UtcDateTime);
            }

            // The name of a place after a time without a zone is its zone.
            if (
                TimeText.Parse($"{text} {_zone.Id}", order) is { } placed
                && !text.Contains('(', StringComparison.Ordinal)
            )
            {
                return placed;
            }
        }

        return TimeText.Parse(text, order) ?? Times.Read(cell, order);
    }

    private DateTimeOffset InZone(DateTime time)
    {
        var local = DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
        return new DateTimeOffset(local, _zone.GetUtcOffset(local));
    }

    private static DateTime? SerialOf(string text) =>
        text.Length is >= 5 and <= 18
        && double.TryParse(
            text.Replace(',', '.'),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var days
        )
        && days is >= FirstSerial and < LastSerial
            ? FirstDay.AddSeconds(Math.Round(days * 86_400))
            : null;

    // 28.11.26 14:05
    private static string WithFullYear(string text)
    {
        var first = text.AsSpan().IndexOfAny('.', '/', '-');
        if (first is not (1 or 2))
        {
            return text;
        }

        var second = text.IndexOf(text[first], first + 1);
        return
            second >= 0
            && text.Length >= second + 3
            && char.IsAsciiDigit(text[second + 1])
            && char.IsAsciiDigit(text[second + 2])
            && (text.Length == second + 3 || !char.IsAsciiDigit(text[second + 3]))
            ? text.Insert(second + 1, "20")
            : text;
    }
}
