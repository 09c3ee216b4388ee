using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// Whether Meta can tell a person from the keys of an event. It refuses a whole batch for one event where it cannot.
/// </summary>
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

    // The legacy shape has no name for the rest, so nobody is recognised by it there.
    private static readonly int InMatchKeys = SetOf([
        MatchKey.DateOfBirth,
        .. MatchKeyTable.Rows.Where(row => row.MatchKeyName is not null).Select(row => row.Key),
    ]);

    /// <summary>
    /// At least one key that the API has a name for, and more than one of the combinations Meta calls too broad.
    /// </summary>
    public static bool IsSufficient(HashedKeys keys, MetaApi api)
    {
        var present = keys.BirthdateParts is null ? 0 : SetOf(MatchKey.DateOfBirth);
        for (var i = 0; i < keys.Values.Count; i++)
        {
            present |= SetOf(keys.Values[i].Key);
        }

        if (api == MetaApi.OfflineEvents)
        {
            present &= InMatchKeys;
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
