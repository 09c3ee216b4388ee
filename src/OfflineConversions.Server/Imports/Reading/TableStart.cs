using nietras.SeparatedValues;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// Where a table begins. Exports often have a title above the header: a name, a date, the filter, empty rows. The
/// header is the one of the first rows in which the most cells are columns that mean something. If none does, it is the
/// first row that is not blank.
/// </summary>
/// <param name="Separator">What separates the columns.</param>
/// <param name="HeaderRow">The number of the header among the rows, from 1.</param>
internal readonly record struct TableStart(char Separator, long HeaderRow)
{
    /// <summary>A header further down is not looked for.</summary>
    public const int MostRows = 20;

    /// <summary>Finds the beginning.</summary>
    /// <param name="text">The beginning of the file.</param>
    /// <param name="separator">What separates the columns, if it is known.</param>
    /// <param name="isColumn">Whether a cell is the header of a column that means something.</param>
    public static TableStart Find(ReadOnlySpan<char> text, char? separator, Predicate<string> isColumn)
    {
        var beginning = text.ToString();
        if (separator is { } known)
        {
            return new TableStart(known, HeaderOf(beginning, known, isColumn).Number);
        }

        var headers = SeparatorDetection
            .Candidates.Select(candidate => (Candidate: candidate, Row: HeaderOf(beginning, candidate, isColumn)))
            .ToArray();
        var most = headers.Max(header => header.Row.Known);
        var best = headers.Where(header => header.Row.Known == most).ToArray();
        var chosen = best.Length == 1 ? best[0].Candidate : SeparatorDetection.Find(text);
        return new TableStart(chosen, headers.Single(header => header.Candidate == chosen).Row.Number);
    }

    /// <summary>Opens the rows: RFC 4180, and blanks around quotation marks do no harm.</summary>
    public static SepReader Open(CellQuotes text, char separator) =>
        Sep.New(separator)
            .Reader(options =>
                options with
                {
                    HasHeader = false,
                    DisableColCountCheck = true,
                    Unescape = true,
                    Trim = SepTrim.Outer,
                }
            )
            .From(text);

    private static FirstRow HeaderOf(string text, char separator, Predicate<string> isColumn)
    {
        FirstRow? header = null;
        var widest = 0;
        foreach (var row in FirstRows(text, separator, isColumn).Where(row => row.Filled > 0))
        {
            // The only word that is known may be part of a sale, unless the row is wider than what is above it.
            var isHeader =
                header is null
                || (row.Known > header.Value.Known && (row.Known > 1 || row.Filled == 1 || row.Filled > widest));
            header = isHeader ? row : header;
            widest = Math.Max(widest, row.Filled);
        }

        return header ?? new FirstRow(1, 0, 0);
    }

    private static List<FirstRow> FirstRows(string text, char separator, Predicate<string> isColumn)
    {
        using var reader = Open(new CellQuotes(new StringReader(text), separator), separator);
        var rows = new List<FirstRow>(MostRows);
        while (rows.Count < MostRows && reader.MoveNext())
        {
            var (filled, known) = (0, 0);
            for (var column = 0; column < reader.Current.ColCount; column++)
            {
                var cell = reader.Current[column].Span.Trim();
                filled += cell.IsEmpty ? 0 : 1;
                known += !cell.IsEmpty && isColumn(cell.ToString()) ? 1 : 0;
            }

            rows.Add(new FirstRow(rows.Count + 1, filled, known));
        }

        return rows;
    }

    private readonly record struct FirstRow(long Number, int Filled, int Known);
}
