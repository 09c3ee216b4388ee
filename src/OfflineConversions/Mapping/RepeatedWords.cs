using System.Text;

namespace OfflineConversions.Mapping;

/// <summary>
/// Strings for the names that every event of a connection has alike, such as those of its properties, so that they need
/// not be made again for each event. It keeps only words of letters, blanks, <c>_</c> and <c>-</c>, and few of them:
/// the body decides what is asked for. Any number of threads can use it, because a lost entry is only made again.
/// </summary>
internal sealed class RepeatedWords
{
    private const int Longest = 32;
    private const int Places = 256;

    private readonly string?[] _words = new string?[Places];

    /// <summary>The text as a string, or <see langword="null"/> if it is not such a word.</summary>
    public string? Find(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > Longest)
        {
            return null;
        }

        ref var known = ref _words[PlaceOf(text)];
        var word = known;
        if (word is not null && word.Length == text.Length && Ascii.Equals(text, word))
        {
            return word;
        }

        return IsWord(text) ? known = Encoding.ASCII.GetString(text) : null;
    }

    private static bool IsWord(ReadOnlySpan<byte> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetter((char)character) && character is not ((byte)' ' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    private static int PlaceOf(ReadOnlySpan<byte> text)
    {
        var hash = (uint)text.Length;
        foreach (var character in text)
        {
            hash = (hash * 31) + character;
        }

        return (int)((hash ^ (hash >> 8)) % Places);
    }
}
