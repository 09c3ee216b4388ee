using OfflineConversions.Conversions;

namespace OfflineConversions.Sources;

/// <summary>A full name, split at its first blank.</summary>
internal static class PersonName
{
    /// <summary>The first word, and the rest if there is one.</summary>
    public static (string First, string? Last)? Split(string? name)
    {
        if (name?.Trim() is not { Length: > 0 } trimmed)
        {
            return null;
        }

        for (var at = 0; at < trimmed.Length; at++)
        {
            if (char.IsWhiteSpace(trimmed[at]))
            {
                return (trimmed[..at], trimmed[at..].TrimStart());
            }
        }

        return (trimmed, null);
    }

    /// <summary>Adds the parts that the person does not have yet.</summary>
    public static void AddMissing(MatchKeys keys, string first, string? last)
    {
        if (!keys.Has(MatchKey.FirstName))
        {
            keys.Add(MatchKey.FirstName, first);
        }

        if (!keys.Has(MatchKey.LastName))
        {
            keys.Add(MatchKey.LastName, last);
        }
    }
}
