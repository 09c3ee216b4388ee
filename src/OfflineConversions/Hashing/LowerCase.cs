using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// Unicode's full lower-case mapping, which JavaScript, Java and Python use, and so the hashes at Meta are made with
/// it. .NET's invariant mapping converts letter by letter and lacks the two special cases.
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
            // A capital I with a dot keeps its dot; a sigma at the end of a word has a different form.
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
