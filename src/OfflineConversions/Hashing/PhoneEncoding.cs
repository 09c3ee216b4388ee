using System.Globalization;
using System.Net;

namespace OfflineConversions.Hashing;

/// <summary>Undoes the encoding of a phone number that was copied from a URL or a page.</summary>
internal static class PhoneEncoding
{
    // A value can be encoded again on its way: %252B.
    private const int MostRounds = 3;
    private const string Punctuation = "+ ()-./%&;#";

    /// <summary>The text without percent-encoding and without character references.</summary>
    public static string Decode(string text)
    {
        for (var round = 0; round < MostRounds && text.AsSpan().ContainsAny('%', '&'); round++)
        {
            var percentDecoded = IsPercentEncoded(text) ? Uri.UnescapeDataString(text) : text;

            // The framework has only the names of HTML 4.
            var named = percentDecoded.Replace("&plus;", "+", StringComparison.OrdinalIgnoreCase);
            var decoded = WebUtility.HtmlDecode(named);
            if (decoded == text)
            {
                break;
            }

            text = decoded;
        }

        return text;
    }

    // Only if every percent sign begins the code of something that phone numbers contain: "555%123%4567" is not
    // encoded.
    private static bool IsPercentEncoded(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return false;
        }

        while (text.IndexOf('%') is >= 0 and var at)
        {
            var code = text[(at + 1)..];
            if (code.Length < 2 || !IsCode(code[..2]))
            {
                return false;
            }

            text = code[2..];
        }

        return true;
    }

    private static bool IsCode(ReadOnlySpan<char> hex) =>
        byte.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character)
        && Punctuation.Contains((char)character, StringComparison.Ordinal);
}
