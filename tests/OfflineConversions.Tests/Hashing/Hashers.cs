using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Hashing;

/// <summary>
/// A new hasher for each shape, and one that requires hashes. Never shared: tests run in parallel, and a hasher is not
/// thread-safe.
/// </summary>
internal static class Hashers
{
    public static KeyHasher ForConversionsApi =>
        new(
            MetaShapes.ConversionsApi.HashingRules,
            null,
            DateOrder.MonthFirst,
            hashExternalId: false,
            requireHashed: false
        );
    public static KeyHasher ForOfflineEvents =>
        new(
            MetaShapes.OfflineEvents.HashingRules,
            null,
            DateOrder.MonthFirst,
            hashExternalId: false,
            requireHashed: false
        );
    public static KeyHasher RequiringHashes =>
        new(
            MetaShapes.ConversionsApi.HashingRules,
            null,
            DateOrder.MonthFirst,
            hashExternalId: false,
            requireHashed: true
        );

    public static (HashedKeys Keys, IReadOnlyList<string> Warnings) Run(
        KeyHasher hasher,
        params (MatchKey Key, string Value)[] clear
    )
    {
        var warnings = new Warnings();
        return (hasher.Hash(Some.Keys(clear), Some.Received, eventTime: null, warnings), warnings.Codes);
    }
}
