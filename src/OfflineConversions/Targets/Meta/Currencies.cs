using System.Collections.Frozen;
using OfflineConversions.Tables;

namespace OfflineConversions.Targets.Meta;

/// <summary>The currency codes of ISO 4217.</summary>
internal static class Currencies
{
    private static readonly FrozenSet<string> Known = EmbeddedTable
        .Words("currencies.txt")
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the text is a currency code, in any case, possibly with blanks around it.</summary>
    public static bool IsKnown(string currency) => Canonical(currency) is not null;

    /// <summary>The code in upper case, or <see langword="null"/> if ISO 4217 has no such currency.</summary>
    public static string? Canonical(string currency)
    {
        var code = currency.Trim().ToUpperInvariant();
        return Known.Contains(code) ? code : null;
    }
}
