using System.Buffers;
using System.Globalization;
using System.Text;

namespace OfflineConversions.Privacy;

/// <summary>Finds e-mail addresses inside text of any kind.</summary>
internal static class EmailFinder
{
    /// <summary>
    /// Whether the text contains an e-mail address: a local part, an at sign, which may be percent-encoded any number
    /// of times, and a domain of at least two labels.
    /// </summary>
    public static bool FindsIn(ReadOnlySpan<char> text)
    {
        // Almost no text has either.
        if (!text.ContainsAny('@', '%'))
        {
            return false;
        }

        for (var at = 0; at < text.Length; at++)
        {
            var width = AtSign(text[at..]);
            if (
                width > 0
                && Rune.DecodeLastFromUtf16(text[..at], out var before, out _) == OperationStatus.Done
                && IsOfLocalPart(before)
                && StartsWithDomain(text[(at + width)..])
            )
            {
                return true;
            }
        }

        return false;
    }

    // The length of the at sign at the start of the text, or 0. A URL inside a URL encodes it again: %40, %2540, …
    private static int AtSign(ReadOnlySpan<char> text)
    {
        if (text[0] != '%')
        {
            return text[0] == '@' ? 1 : 0;
        }

        var code = 1;
        while (text[code..].StartsWith("25", StringComparison.Ordinal))
        {
            code += 2;
        }

        return text[code..].StartsWith("40", StringComparison.Ordinal) ? code + 2 : 0;
    }

    // Combining accents and vowel signs belong to words; variation selectors, which colour emoji, do not.
    private static bool IsOfWords(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || (
            Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            && rune.Value is < 0xFE00 or > 0xFE0F
        );

    private static bool IsOfLocalPart(Rune rune) =>
        IsOfWords(rune)
        || (rune.IsAscii && "!#$%&'*+/=?^_`{|}~.-\"".Contains((char)rune.Value, StringComparison.Ordinal));

    // At least one label, a dot, and a top-level domain of two letters or more.
    private static bool StartsWithDomain(ReadOnlySpan<char> text)
    {
        var label = 0;
        while (Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done)
        {
            text = text[length..];
            if (rune.Value == '.')
            {
                if (label > 0 && StartsWithTopLevel(text))
                {
                    return true;
                }

                label = 0;
            }
            else if (IsOfWords(rune) || rune.Value == '-')
            {
                label++;
            }
            else
            {
                return false;
            }
        }

        return false;
    }

    private static bool StartsWithTopLevel(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var first, out var length) == OperationStatus.Done
        && Rune.IsLetter(first)
        && Rune.DecodeFromUtf16(text[length..], out var second, out _) == OperationStatus.Done
        && IsOfWords(second)
        && !Rune.IsDigit(second);
}
