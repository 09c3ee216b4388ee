using System.Collections.Frozen;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The two-letter codes of the US states, the District of Columbia and the Canadian provinces.</summary>
internal static class States
{
    private static readonly FrozenDictionary<string, string> Codes = ByNameAndCode();

    /// <summary>The code of a state's name; any other text unchanged.</summary>
    public static string? Abbreviate(string? letters) =>
        letters is null ? null : Codes.GetValueOrDefault(letters, letters);

    /// <summary>The code in an ISO 3166-2 code, which shop systems export: <c>us-ca</c> → <c>ca</c>.</summary>
    public static string? FromSubdivisionCode(string? folded) =>
        folded is { Length: 5 } && folded[2] == '-' ? Codes.GetValueOrDefault(folded) : null;

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
