using System.Globalization;
using System.Text;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// The form in which headers are compared: letters and digits only, in lower case, without accents. So
/// <c>Order_ID</c>, <c>order id</c> and <c>Order-ID</c> are the same.
/// </summary>
internal static class ColumnHeader
{
    // The framework does not normalise text with it.
    private const string NoCharacter = "\uFFFE";

    /// <summary>Longer headers have no meaning.</summary>
    public const int Longest = 100;

    /// <summary>Reduces a header; the result is in <paramref name="into"/>.</summary>
    /// <returns>How many characters it has.</returns>
    public static int Reduce(JsonMember cell, Span<char> into)
    {
        var name = cell.RawName;
        if (name.Length > Longest)
        {
            return 0;
        }

        if (cell.IsEscaped || !Ascii.IsValid(name))
        {
            return JsonText.NameOf(cell) is { } text ? Reduce(text, into) : 0;
        }

        var length = 0;
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit((char)letter))
            {
                into[length++] = (char)(letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter);
            }
        }

        return length;
    }

    /// <summary>Reduces a header of the configuration.</summary>
    public static string Reduce(string header)
    {
        Span<char> reduced = stackalloc char[Longest];
        return new string(reduced[..Reduce(header, reduced)]);
    }

    private static int Reduce(string header, Span<char> into)
    {
        var length = 0;
        foreach (
            var letter in header.Replace(NoCharacter, "", StringComparison.Ordinal).Normalize(NormalizationForm.FormD)
        )
        {
            // The small letter of Nº is a letter of its own in Unicode.
            var isKept = char.IsLetterOrDigit(letter) && letter is not ('º' or 'ª');
            if (length + 2 > into.Length)
            {
                return 0;
            }

            if (letter == 'ß')
            {
                into[length++] = 's';
                into[length++] = 's';
            }
            else if (isKept && CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                into[length++] = char.ToLowerInvariant(letter);
            }
        }

        return length;
    }
}
