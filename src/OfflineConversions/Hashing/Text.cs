using System.Buffers;
using System.Globalization;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>What <see cref="Text.Keep"/> keeps.</summary>
[Flags]
internal enum Kept
{
    None = 0,
    Letters = 1,
    Marks = 2,
    Digits = 4,
}

/// <summary>
/// The steps that all match keys share. Nearly every value is ASCII, has a fast path and allocates nothing. An empty
/// result means that there is no value.
/// </summary>
internal static class Text
{
    /// <summary>
    /// Unicode NFC, trimmed, lower case independent of language; empty if nothing is left or it is not Unicode.
    /// </summary>
    public static ReadOnlySpan<char> Fold(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        if (Ascii.IsValid(value))
        {
            var text = value.Trim();
            var folded = scratch.Take(text.Length);
            Ascii.ToLower(text, folded, out _);
            return folded;
        }

        // Lower case can compose what upper case could not (J with caron), hence NFC before and after.
        return Trim(value) is { IsEmpty: false } given && given.ToString().Normalize().Trim() is { Length: > 0 } trimmed
            ? LowerCase.Of(trimmed).Normalize()
            : default;
    }

    /// <summary>
    /// The value without the blanks around it; empty if nothing is left or it is not Unicode.
    /// </summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> value) =>
        Ascii.IsValid(value) || IsWellFormed(value) ? value.Trim() : default;

    /// <summary>
    /// The characters of the folded text that are of a kept kind; empty if there are none.
    /// </summary>
    public static ReadOnlySpan<char> Keep(ReadOnlySpan<char> folded, Kept kept, KeyScratch scratch)
    {
        var from = FirstRemoved(folded, kept);
        return from == folded.Length ? folded : KeepRest(folded, from, kept, scratch);
    }

    // Normalize() throws for halves of surrogate pairs and for U+FFFE, and UTF-8 cannot encode the halves.
    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (
                Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done
                || rune.Value == '\uFFFE'
            )
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    private static int FirstRemoved(ReadOnlySpan<char> text, Kept kept)
    {
        var i = 0;
        while (i < text.Length && char.IsAsciiLetterLower(text[i]))
        {
            i++;
        }

        while (i < text.Length && IsKept(RuneAt(text, i, out var length), kept))
        {
            i += length;
        }

        return i;
    }

    private static ReadOnlySpan<char> KeepRest(ReadOnlySpan<char> text, int from, Kept kept, KeyScratch scratch)
    {
        var buffer = scratch.Take(text.Length);
        text[..from].CopyTo(buffer);
        var written = from;
        var i = from;
        while (i < text.Length)
        {
            var rune = RuneAt(text, i, out var length);
            if (IsKept(rune, kept))
            {
                written += rune.EncodeToUtf16(buffer[written..]);
            }

            i += length;
        }

        // Characters that are adjacent only now may compose: e, dash, accent.
        var rest = buffer[..written];
        return Ascii.IsValid(rest) ? rest : new string(rest).Normalize();
    }

    private static Rune RuneAt(ReadOnlySpan<char> text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text[index..], out var rune, out length);
        return rune;
    }

    private static bool IsKept(Rune rune, Kept kept)
    {
        if (rune.IsAscii)
        {
            var c = (char)rune.Value;
            return char.IsAsciiLetter(c) || (char.IsAsciiDigit(c) && kept.HasFlag(Kept.Digits));
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            _ when IsInvisibleOrEmoji(rune.Value) => false,
            UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => true,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => kept.HasFlag(Kept.Marks),
            UnicodeCategory.DecimalDigitNumber => kept.HasFlag(Kept.Digits),
            _ => false,
        };
    }

    // Unicode counts these as letters or marks, but they only choose how a symbol looks, or join symbols.
    private static bool IsInvisibleOrEmoji(int rune) =>
        rune
            is (>= 0xFE00 and <= 0xFE0F) // variation selectors
                or (>= 0xE0100 and <= 0xE01EF) // more of them
                or (>= 0x180B and <= 0x180F) // those of Mongolian
                or (>= 0x20D0 and <= 0x20FF) // marks of symbols, with the keycap
                or 0x034F // the grapheme joiner
                or 0x2139 // the information source emoji
                or 0x3164
                or 0xFFA0 // Hangul fillers
                or 0x17B4
                or 0x17B5; // inherent vowels of Khmer
}
