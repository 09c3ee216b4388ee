using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// Whether the keys of an event can identify a person at Meta, which refuses a whole batch for one event whose keys
/// cannot.
/// </summary>
internal static class CustomerInformation
{
    // Ids of the business say nothing about the customer.
    private static readonly MatchKeySet OfBusiness = MatchKeySet.Of(
        MatchKey.PageId,
        MatchKey.InstagramAccountId,
        MatchKey.WhatsAppAccountId
    );

    // Source: Meta, "Best Practices: Conversions API", invalid combinations of customer information.
    private static readonly MatchKeySet[] Insufficient =
    [
        MatchKeySet.Of(
            MatchKey.City,
            MatchKey.Country,
            MatchKey.State,
            MatchKey.Zip,
            MatchKey.Gender,
            MatchKey.ClientUserAgent
        ),
        MatchKeySet.Of(MatchKey.DateOfBirth, MatchKey.ClientUserAgent),
        MatchKeySet.Of(MatchKey.FirstName, MatchKey.Gender),
        MatchKeySet.Of(MatchKey.LastName, MatchKey.Gender),
    ];

    /// <summary>
    /// Whether the shape has a name for at least one of the keys, and these are more than one of the combinations that
    /// Meta calls too broad.
    /// </summary>
    public static bool IsSufficient(HashedKeys keys, IMetaShape shape)
    {
        var written = keys.WrittenIn(shape.NamedKeys).Except(OfBusiness);
        foreach (var combination in Insufficient)
        {
            if (written.IsPartOf(combination))
            {
                return false;
            }
        }

        return true;
    }
}
