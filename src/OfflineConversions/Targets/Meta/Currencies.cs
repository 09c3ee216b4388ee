using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using OfflineConversions.Json;
using OfflineConversions.Tables;

namespace OfflineConversions.Targets.Meta;

/// <summary>The currency codes of ISO 4217.</summary>
internal static class Currencies
{
    private const int LengthOfCode = 3;

    private static readonly FrozenSet<string> Known = EmbeddedTable
        .Words("currencies.txt")
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly TextSet KnownBySpan = new(Known);

    /// <summary>Whether the text is a currency code, in any case, possibly with blanks around it.</summary>
    public static bool IsKnown(string currency) => Canonical(currency) is not null;

    /// <summary>The code in upper case, or <see langword="null"/> if ISO 4217 has no such currency.</summary>
    public static string? Canonical(BodyText currency)
    {
        // Nearly every one is three letters of the body.
        Span<char> code = stackalloc char[LengthOfCode];
        if (Ascii.ToUpper(currency.Ascii, code, out var length) == OperationStatus.Done && length == LengthOfCode)
        {
            return KnownBySpan.TryGetValue(code, out var known) ? known : null;
        }

        var text = currency.ToString().Trim().ToUpperInvariant();
        return Known.Contains(text) ? text : null;
    }
}
