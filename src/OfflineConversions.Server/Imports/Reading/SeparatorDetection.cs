namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// Finds what separates the columns of a table: what its first lines have most often, outside quotes.
/// </summary>
internal static class SeparatorDetection
{
    /// <summary>What separates columns.</summary>
    public const string Candidates = ",;\t|";

    private const int MostLines = 10;

    /// <summary>The line that names the separator for spreadsheets: <c>sep=;</c>. Not part of the table.</summary>
    public static bool IsDeclaration(ReadOnlySpan<char> line, out char separator)
    {
        line = line.Trim('"');
        var isOne =
            line.Length == 5
            && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            && (line[4] == '\t' || (char.IsAscii(line[4]) && (char.IsPunctuation(line[4]) || char.IsSymbol(line[4]))));
        separator = isOne ? line[4] : default;
        return isOne;
    }

    /// <summary>The separator; a comma if there is only one column.</summary>
    public static char Find(ReadOnlySpan<char> text)
    {
        Span<int> inHeader = stackalloc int[Candidates.Length];
        Span<int> inSameNumber = stackalloc int[Candidates.Length];
        Span<int> counts = stackalloc int[Candidates.Length];
        var lines = 0;
        var isQuoted = false;
        foreach (var letter in text)
        {
            isQuoted ^= letter == '"';
            if (!isQuoted && letter is '\n' or '\r')
            {
                if (counts.ContainsAnyExcept(0))
                {
                    Count(counts, inHeader, inSameNumber, lines++);
                    counts.Clear();
                }

                if (lines == MostLines)
                {
                    break;
                }
            }
            else if (!isQuoted && Candidates.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var candidate)
            {
                counts[candidate]++;
            }
        }

        if (lines == 0)
        {
            Count(counts, inHeader, inSameNumber, lines);
        }

        var best = 0;
        for (var candidate = 1; candidate < Candidates.Length; candidate++)
        {
            var isBetter =
                (inHeader[candidate] > 0 ? inSameNumber[candidate] : 0, inHeader[candidate]).CompareTo(
                    (inHeader[best] > 0 ? inSameNumber[best] : 0, inHeader[best])
                ) > 0;
            best = isBetter ? candidate : best;
        }

        return Candidates[best];
    }

    // Commas in amounts differ from row to row; the separator has the same number in each.
    private static void Count(Span<int> counts, Span<int> inHeader, Span<int> inSameNumber, int line)
    {
        for (var candidate = 0; candidate < counts.Length; candidate++)
        {
            if (line == 0)
            {
                inHeader[candidate] = counts[candidate];
            }

            inSameNumber[candidate] += counts[candidate] == inHeader[candidate] ? 1 : 0;
        }
    }
}
