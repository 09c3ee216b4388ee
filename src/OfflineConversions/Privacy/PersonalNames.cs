using System.Collections.Frozen;
using OfflineConversions.Tables;

namespace OfflineConversions.Privacy;

/// <summary>
/// The property names that denote personal data: match keys under Meta's names, those of the offline-events API and the
/// vendors' own, in any spelling.
/// </summary>
internal static class PersonalNames
{
    private static readonly FrozenSet<string> Names = EmbeddedTable
        .Words("personal-names.txt")
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly TextSet NamesBySpan = new(Names);

    private static readonly int LongestName = Names.Max(name => name.Length);

    /// <summary>Whether the name denotes personal data.</summary>
    public static bool Contain(string name)
    {
        Span<char> letters = stackalloc char[LongestName + 1];
        var count = 0;
        foreach (var character in name)
        {
            if (character is ' ' or '_' or '-' or '$')
            {
                continue;
            }

            if (count == letters.Length)
            {
                return false;
            }

            letters[count++] = character;
        }

        return NamesBySpan.Contains(letters[..count]);
    }
}
