using System.Text.RegularExpressions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// A remark or a currency at the end of a header: <c>Total (EUR)</c>, <c>Betrag in €</c>, <c>Date [UTC]</c>.
/// </summary>
internal static partial class HeaderUnit
{
    /// <summary>The remark that times are in UTC.</summary>
    public const string Utc = "UTC";

    private const int Longest = 200;

    /// <summary>The header without the remark, and the currency in it.</summary>
    public static SplitHeader Split(string header)
    {
        if (header.Length > Longest || Form().Match(header) is not { Success: true } match)
        {
            return new SplitHeader(header, Unit: null);
        }

        var remark = match.Groups["remark"].Value.Trim();
        return new SplitHeader(match.Groups["header"].Value, CurrencyOf(remark) ?? "");
    }

    // A dollar sign can be one of many currencies. UTC is no currency, so nothing takes it for one.
    private static string? CurrencyOf(string remark) =>
        remark switch
        {
            "€" => "EUR",
            "£" => "GBP",
            "UTC" or "GMT" => Utc,
            _ => Currencies.Canonical(remark),
        };

    [GeneratedRegex(
        @"^(?<header>.*?[\w.])\s*(?:\((?<remark>[^()]*)\)|\[(?<remark>[^\[\]]*)\]"
            + @"|[\s_](?:in\s+)?(?<remark>[€$£]|[A-Z]{3}))\s*\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}

/// <summary>A header in two parts.</summary>
/// <param name="Header">Without the remark.</param>
/// <param name="Unit">The currency, empty for any other remark; <see langword="null"/> without a remark.</param>
internal readonly record struct SplitHeader(string Header, string? Unit);
