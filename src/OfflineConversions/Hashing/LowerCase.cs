using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// Unicode's full lower-case mapping, as JavaScript, Java and Python have it and so every hash that Meta holds.
/// .NET's invariant mapping goes letter by letter and lacks its two special cases.
/// </summary>
internal static class LowerCase
{
    /// <summary>The text in lower case, independent of culture.</summary>
    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAny('İ', 'Σ') < 0)
        {
            return text.ToLowerInvariant();
        }

        var lower = new StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            // A capital I with a dot keeps its dot; a sigma that ends a word has a form of its own.
            _ = text[i] switch
            {
                'İ' => lower.Append("i\u0307"),
                'Σ' when EndsWord(text, i) => lower.Append('ς'),
                var c => lower.Append(c),
            };
        }

        return lower.ToString().ToLowerInvariant();
    }

    private static bool EndsWord(string text, int index) =>
        index > 0 && char.IsLetter(text[index - 1]) && (index + 1 == text.Length || !char.IsLetter(text[index + 1]));
}
