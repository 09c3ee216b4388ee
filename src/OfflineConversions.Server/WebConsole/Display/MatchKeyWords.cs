using System.Text;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The names of match keys for people: <c>fn</c> is a first name.</summary>
internal static class MatchKeyWords
{
    private static readonly Dictionary<string, string> Words = MatchKeyNames.All.ToDictionary(
        MatchKeyNames.NameOf,
        key => InWords(key.ToString()),
        StringComparer.Ordinal
    );

    /// <summary>The name in words; empty for a name that is none of Meta's.</summary>
    public static string Of(string name) => Words.GetValueOrDefault(name, string.Empty);

    private static string InWords(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var character in name)
        {
            _ =
                char.IsUpper(character) && words.Length > 0
                    ? words.Append(' ').Append(char.ToLowerInvariant(character))
                    : words.Append(character);
        }

        return words.ToString();
    }
}
