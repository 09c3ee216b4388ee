using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The countries of ISO 3166-1 by their codes and by the names that people write.</summary>
internal static class Countries
{
    private static readonly TextTable<string> Codes = new(ByNameAndCode());

    /// <summary>The alpha-2 code in lower case, or <see langword="null"/> when there is no such country.</summary>
    public static string? Find(ReadOnlySpan<char> folded)
    {
        if (folded.IsEmpty)
        {
            return null;
        }

        // Nearly every event has a code.
        if (Codes.TryGetValue(folded, out var code))
        {
            return code;
        }

        // "N/A" does not mean Namibia.
        var name = Letters(folded.ToString());
        return name != "na" && Codes.TryGetValue(name, out code) ? code : null;
    }

    // Letters and digits without accents and without the word "the": "Cote d'Ivoire" equals "Côte d’Ivoire", and "The
    // Bahamas" equals ISO's own "Bahamas (the)".
    private static string Letters(string name)
    {
        var words = new StringBuilder(name.Length);
        foreach (var rune in name.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                words.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (words.Length > 0 && Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                words.Append(rune.Value == '&' ? " and " : " "); // "and" without blanks is the code of Andorra
            }
        }

        return string.Concat(words.ToString().Split(' ').Where(word => word != "the"));
    }

    private static FrozenDictionary<string, string> ByNameAndCode()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in EmbeddedTable.Rows("countries.txt"))
        {
            // AF AFG Afghanistan|Islamic Republic of Afghanistan|…
            var alpha2 = row[..2].ToLowerInvariant();
            codes.Add(alpha2, alpha2);
            codes.Add(row[3..6].ToLowerInvariant(), alpha2);
            foreach (var name in row[7..].Split('|'))
            {
                codes.Add(Letters(name), alpha2);
            }
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
