using System.Collections.Frozen;

namespace OfflineConversions.Server.Reasons;

/// <summary>
/// Every code with its meaning, usual cause and remedy: the one source of <c>GET /api/reasons</c>, of the remedies in
/// other responses and of docs/reference/reasons.md.
/// </summary>
internal static class ReasonCatalogue
{
    /// <summary>Every entry, in the order of the page.</summary>
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [.. RejectedReasons.All, .. IgnoredReasons.All, .. WarningReasons.All, .. DeliveryReasons.All];

    private static readonly FrozenDictionary<(string Code, ReasonKind Kind), ReasonEntry> ByCode =
        All.ToFrozenDictionary(entry => (entry.Code, entry.Kind));

    private static readonly FrozenDictionary<string, ReasonEntry> Deliveries = DeliveryReasons.All.ToFrozenDictionary(
        entry => entry.Code,
        StringComparer.Ordinal
    );

    /// <summary>The entry of a code of delivery, of whatever kind; null if the catalogue does not have it.</summary>
    public static ReasonEntry? OfDelivery(string code) => Deliveries.GetValueOrDefault(code);

    /// <summary>Why an event was rejected or ignored; null if the catalogue does not have the code.</summary>
    public static ReasonEntry? OfOutcome(string code) =>
        Find(code, ReasonKind.Rejected) ?? Find(code, ReasonKind.Ignored);

    /// <summary>The entry of a code; null if the catalogue does not have it.</summary>
    public static ReasonEntry? Find(string code, ReasonKind kind) => ByCode.GetValueOrDefault((code, kind));
}
