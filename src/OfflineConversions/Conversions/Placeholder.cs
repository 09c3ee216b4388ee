using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Tables;

namespace OfflineConversions.Conversions;

/// <summary>
/// Text that a program wrote because it had no value: <c>null</c>, <c>[object Object]</c>, a template variable that was
/// never replaced, and the hashes of those and of the empty text.
/// </summary>
internal static class Placeholder
{
    private const int Sha256Length = 64;
    private const int Md5Length = 32;

    // No placeholder is longer than a hash with the appendix of Meta's parameter builder, except template variables.
    private const int Longest = 80;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly FrozenSet<string> Words = EmbeddedTable
        .Rows("placeholders.txt")
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly TextSet WordsBySpan = new(Words);

    private static readonly TextSet Hashes = new(
        Words
            .SelectMany(word => new[] { word, word.ToUpperInvariant() })
            .Append("")
            .SelectMany(text => HashesOf(Encoding.UTF8.GetBytes(text)))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
    );

    private static readonly int LongestWord = Words.Max(word => word.Length);

    // The first letters of the words, in ASCII as all of them are, and the lengths of the words that begin so.
    private static readonly ulong[] LengthsByFirst = LengthsOf(Words);

    /// <summary>Whether the text means that there is no value.</summary>
    public static bool Is(ReadOnlySpan<char> value)
    {
        var text = Trim(value);
        return IsWords(text.TrimStart('#')) || IsTemplate(text) || (text.Length <= Longest && IsHash(text));
    }

    // Blanks, quotation marks, and the invisible characters that come along with copied text.
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) =>
        text.Trim().Trim("\"'`\u200B\u200C\u200D\u2060\uFEFF").Trim();

    // "undefined undefined" is a first and a last name.
    private static bool IsWords(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            if (!MayBegin(text[0]))
            {
                return false;
            }

            if (IsWord(text))
            {
                return true;
            }

            var blank = text.IndexOf(' ');
            if (blank <= 0 || !IsWord(text[..blank]))
            {
                return false;
            }

            text = text[blank..].TrimStart();
        }

        return false;
    }

    // Nearly every value differs from all words in its first letter or its length. A letter that is not ASCII may be
    // another case of one.
    private static bool MayBegin(char first) => first >= LengthsByFirst.Length || LengthsByFirst[first] != 0;

    private static bool IsWord(ReadOnlySpan<char> text) =>
        text.Length <= LongestWord
        && (text[0] >= LengthsByFirst.Length || (LengthsByFirst[text[0]] >> text.Length & 1) != 0)
        && WordsBySpan.Contains(text);

    private static ulong[] LengthsOf(IEnumerable<string> words)
    {
        var lengths = new ulong[128];
        foreach (var word in words)
        {
            foreach (var first in (ReadOnlySpan<char>)[char.ToLowerInvariant(word[0]), char.ToUpperInvariant(word[0])])
            {
                lengths[first] |= 1UL << word.Length;
            }
        }

        return lengths;
    }

    private static bool IsTemplate(ReadOnlySpan<char> text) =>
        text switch
        {
            ['{', '{', .., '}', '}'] => !text[2..^2].Contains('}'),
            ['{', '%', .., '%', '}'] => true,
            ['<', '%', .., '%', '>'] => true,
            ['[', '[', .., ']', ']'] => true,
            ['$' or '#', '{', .., '}'] => !text[2..^1].Contains('}'),
            ['%', '%', .., '%', '%'] => text.Length > 4,
            ['_', '_', .., '_', '_'] => text.Length > 4,
            _ => false,
        };

    private static bool IsHash(ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        var hash = dot == Sha256Length ? text[..dot] : text;
        return hash.Length is Sha256Length or Md5Length
            && !hash.ContainsAnyExcept(Hex)
            && (!hash.ContainsAnyExcept(hash[0]) || Hashes.Contains(hash));
    }

    private static IEnumerable<string> HashesOf(byte[] text)
    {
        yield return Convert.ToHexStringLower(SHA256.HashData(text));

        // Some senders use MD5.
#pragma warning disable CA5351
        yield return Convert.ToHexStringLower(MD5.HashData(text));
#pragma warning restore CA5351
    }
}
