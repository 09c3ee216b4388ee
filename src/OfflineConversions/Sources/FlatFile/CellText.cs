using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>The text of cells, and what only the text of a cell can say about it.</summary>
internal static class CellText
{
    /// <summary>
    /// The text, trimmed, without the apostrophe or the formula <c>="…"</c> by which spreadsheets keep text from
    /// becoming a number. Any other formula is only text here.
    /// </summary>
    public static string? Of(JsonPart cell)
    {
        if (JsonText.Of(cell) is not { } text)
        {
            return null;
        }

        return text switch
        {
            ['=', '"', .. var inner, '"'] => inner.Trim() is { Length: > 0 } kept ? kept : null,
            ['\'', .. var rest] when rest.Length > 0 => rest,
            _ => text,
        };
    }

    /// <summary>The column that a cell belongs to, where its header alone does not decide it.</summary>
    public static FlatFileColumn Column(FlatFileColumn column, JsonPart cell) =>
        column switch
        {
            // Shopify's orders have their number in "Name".
            FlatFileColumn.Name when cell.ValueKind == JsonValueKind.String && JsonText.Raw(cell) is [(byte)'#', ..] =>
                FlatFileColumn.OrderId,
            // Square has "Date" and "Time".
            FlatFileColumn.EventTime when IsTimeOfDay(cell) => FlatFileColumn.TimeOfDay,
            _ => column,
        };

    private static bool IsTimeOfDay(JsonPart cell)
    {
        if (cell.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        var raw = JsonText.Raw(cell).Trim((byte)' ');
        var colon = raw.IndexOf((byte)':');
        return colon is 1 or 2 && raw.Length <= 14 && char.IsAsciiDigit((char)raw[0]);
    }
}
