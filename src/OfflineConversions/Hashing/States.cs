using System.Collections.Frozen;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The two-letter codes of the US states, the District of Columbia and the Canadian provinces.</summary>
internal static class States
{
    private static readonly TextTable<string> Codes = new(ByNameAndCode());

    /// <summary>The code of a state's name; any other text unchanged.</summary>
    public static ReadOnlySpan<char> Abbreviate(ReadOnlySpan<char> letters) =>
        Codes.TryGetValue(letters, out var code) ? code : letters;

    /// <summary>The code in an ISO 3166-2 code, which shop systems export: <c>us-ca</c> → <c>ca</c>.</summary>
    public static string? FromSubdivisionCode(ReadOnlySpan<char> folded) =>
        folded is [_, _, '-', _, _] && Codes.TryGetValue(folded, out var code) ? code : null;

    private static FrozenDictionary<string, string> ByNameAndCode()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in EmbeddedTable.Rows("states.txt"))
        {
            var words = row.Split(' ');
            var code = words[0];
            codes[$"{words[1]}-{code}"] = code;
            foreach (var name in words[2..])
            {
                codes[name] = code;
            }
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
