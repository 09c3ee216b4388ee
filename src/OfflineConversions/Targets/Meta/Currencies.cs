using System.Collections.Frozen;

namespace OfflineConversions.Targets.Meta;

/// <summary>The currency codes of ISO 4217.</summary>
public static class Currencies
{
    // Without XXX and XTS, which stand for no currency and for tests; with ANG and BGN, which have just been given up
    // and still stand in sales that are being uploaded.
    private const string Codes = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
        CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
        HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
        MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
        SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU
        UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG
        """;

    private static readonly FrozenSet<string> Known = Codes
        .Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the text is a currency code, in any case and with or without blanks around it.</summary>
    public static bool IsKnown(string currency) => Canonical(currency) is not null;

    /// <summary>The code in upper case, or <see langword="null"/> when ISO 4217 has no such currency.</summary>
    public static string? Canonical(string currency)
    {
        var code = currency.Trim().ToUpperInvariant();
        return Known.Contains(code) ? code : null;
    }
}
