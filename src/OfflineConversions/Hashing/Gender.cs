using System.Collections.Frozen;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The words for genders that Meta's own library reads. Source: Meta, "Parameter Builder Library".</summary>
internal static class Gender
{
    private static readonly TextTable<string> Codes = new(
        EmbeddedTable
            .Rows("genders.txt")
            .SelectMany(row => row.Split(' ')[1..].Select(word => (word, code: row[..1])))
            .ToFrozenDictionary(entry => entry.word, entry => entry.code, StringComparer.Ordinal)
    );

    /// <summary>"f" or "m", or <see langword="null"/>.</summary>
    public static string? Find(ReadOnlySpan<char> folded) => Codes.TryGetValue(folded, out var code) ? code : null;
}
