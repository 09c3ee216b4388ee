using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Checks;

/// <summary>Whether Meta can tell a person from the keys of an event. It refuses a whole batch for one event where it cannot.</summary>
public static class CustomerInformation
{
    // Source: Meta, "Best Practices: Conversions API", invalid combinations of customer information.
    private static readonly int[] Insufficient =
    [
        SetOf(MatchKey.City, MatchKey.Country, MatchKey.State, MatchKey.Zip, MatchKey.Gender, MatchKey.ClientUserAgent),
        SetOf(MatchKey.DateOfBirth, MatchKey.ClientUserAgent),
        SetOf(MatchKey.FirstName, MatchKey.Gender),
        SetOf(MatchKey.LastName, MatchKey.Gender),
    ];

    /// <summary>At least one key, and more than one of the combinations Meta calls too broad.</summary>
    public static bool IsSufficient(HashedKeys keys)
    {
        var present = keys.BirthdateParts is null ? 0 : SetOf(MatchKey.DateOfBirth);
        for (var i = 0; i < keys.Values.Count; i++)
        {
            present |= SetOf(keys.Values[i].Key);
        }

        foreach (var combination in Insufficient)
        {
            // The empty set is part of every combination.
            if ((present & ~combination) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int SetOf(params ReadOnlySpan<MatchKey> keys)
    {
        var set = 0;
        foreach (var key in keys)
        {
            set |= 1 << (int)key;
        }

        return set;
    }
}
