using System.Collections.Frozen;
using System.Globalization;

namespace OfflineConversions.Hashing;

/// <summary>The numbering plan of every country. Source: ITU-T E.164 assignments and the national plans.</summary>
internal static class NumberingPlans
{
    private static readonly FrozenDictionary<string, NumberingPlan> ByCountry = Read();

    /// <summary>
    /// The plan of a country however it is written, or <see langword="null"/>: seven hardly inhabited places have none.
    /// </summary>
    public static NumberingPlan? Find(string? country) =>
        country is not null && Normalize.Country(country) is { } code ? ByCountry.GetValueOrDefault(code) : null;

    private static FrozenDictionary<string, NumberingPlan> Read()
    {
        var plans = new Dictionary<string, NumberingPlan>(StringComparer.Ordinal);
        foreach (var row in Rows.Split('\n'))
        {
            var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var lengths = cells[2].Split('-');
            var plan = new NumberingPlan(
                cells[0],
                cells[1] is "-" or "=" ? [] : cells[1].Split('|'),
                cells[1] == "=",
                int.Parse(lengths[0], CultureInfo.InvariantCulture),
                int.Parse(lengths[^1], CultureInfo.InvariantCulture),
                cells[3] == "-" ? null : cells[3]
            );
            foreach (var country in cells[4..])
            {
                plans.Add(country.ToLowerInvariant(), plan);
            }
        }

        return plans.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>
    /// Calling code; trunk prefixes (<c>-</c> none, <c>=</c> none and a leading zero is part of the number); digits of
    /// a national number; international prefix where it is not <c>00</c>; countries.
    /// </summary>
    private const string Rows = """
        1    1           10    011   AG AI AS BB BM BS CA DM DO GD GU JM KN KY LC MP MS PR SX TC TT US VC VG VI
        20   0           8-10  -     EG
        211  0           9     -     SS
        212  0           9     -     EH MA
        213  0           8-9   -     DZ
        216  -           8     -     TN
        218  0           9     -     LY
        220  -           7     -     GM
        221  -           9     -     SN
        222  -           8     -     MR
        223  -           8     -     ML
        224  -           8-9   -     GN
        225  =           10    -     CI
        226  =           8     -     BF
        227  -           8     -     NE
        228  -           8     -     TG
        229  =           10    -     BJ
        230  -           7-8   -     MU
        231  0           7-9   -     LR
        232  0           8     -     SL
        233  0           9     -     GH
        234  0           10    -     NG
        235  -           8     -     TD
        236  -           8     -     CF
        237  -           9     -     CM
        238  -           7     -     CV
        239  -           7     -     ST
        240  -           9     -     GQ
        241  =           7-8   -     GA
        242  =           9     -     CG
        243  0           7-10  -     CD
        244  -           9     -     AO
        245  -           9     -     GW
        246  -           7     -     IO
        248  -           7     -     SC
        249  0           9     -     SD
        250  0           8-9   -     RW
        251  0           9     -     ET
        252  0           6-9   -     SO
        253  -           8     -     DJ
        254  0           7-9   -     KE
        255  0           9     -     TZ
        256  0           9     -     UG
        257  -           8     -     BI
        258  -           8-9   -     MZ
        260  0           9     -     ZM
        261  0           9     -     MG
        262  0           9     -     RE YT
        263  0           9     -     ZW
        264  0           8-9   -     NA
        265  0           7-9   -     MW
        266  -           8     -     LS
        267  -           7-8   -     BW
        268  -           8     -     SZ
        269  -           7     -     KM
        27   0           9     -     ZA
        290  -           4-5   -     SH
        291  0           7     -     ER
        297  -           7     -     AW
        298  -           6     -     FO
        299  -           6     -     GL
        30   -           10    -     GR
        31   0           9     -     NL
        32   0           8-9   -     BE
        33   0           9     -     FR
        34   -           9     -     ES
        350  -           8     -     GI
        351  -           9     -     PT
        352  -           5-11  -     LU
        353  0           7-10  -     IE
        354  -           7-9   -     IS
        355  0           8-9   -     AL
        356  -           8     -     MT
        357  -           8     -     CY
        358  0           6-10  -     AX FI
        359  0           6-9   -     BG
        36   06          8-9   -     HU
        370  0|8         8     -     LT
        371  -           8     -     LV
        372  -           7-8   -     EE
        373  0           8     -     MD
        374  0           8     -     AM
        375  80|8|0      9     810   BY
        376  -           6     -     AD
        377  0           8-9   -     MC
        378  =           6-10  -     SM
        380  0           9     -     UA
        381  0           7-10  -     RS
        382  0           8     -     ME
        383  0           8-9   -     XK
        385  0           8-9   -     HR
        386  0           8     -     SI
        387  0           8-9   -     BA
        389  0           8     -     MK
        39   =           6-11  -     IT VA
        40   0           9     -     RO
        41   0           9     -     CH
        420  -           9     -     CZ
        421  0           9     -     SK
        423  0           7-9   -     LI
        43   0           5-13  -     AT
        44   0           9-10  -     GB
        44   0           10    -     GG IM JE
        45   -           8     -     DK
        46   0           7-9   -     SE
        47   -           8     -     NO SJ
        48   -           9     -     PL
        49   0           6-13  -     DE
        500  -           5     -     FK
        501  -           7     -     BZ
        502  -           8     -     GT
        503  -           8     -     SV
        504  -           8     -     HN
        505  -           8     -     NI
        506  -           8     -     CR
        507  -           7-8   -     PA
        508  0           6     -     PM
        509  -           8     -     HT
        51   0           8-9   -     PE
        52   045|044|01  10    -     MX
        53   0           6-8   -     CU
        54   0           10-11 -     AR
        55   0           10-11 -     BR
        56   -           9     -     CL
        57   0           10    -     CO
        58   0           10    -     VE
        590  0           9     -     BL GP MF
        591  0           8     -     BO
        592  -           7     -     GY
        593  0           8-9   -     EC
        594  0           9     -     GF
        595  0           7-9   -     PY
        596  0           9     -     MQ
        597  -           6-7   -     SR
        598  0           8     -     UY
        599  -           7     -     BQ
        599  -           7-8   -     CW
        60   0           8-10  -     MY
        61   0           9     0011  AU CC CX
        62   0           8-12  -     ID
        63   0           8-10  -     PH
        64   0           8-10  -     NZ
        65   -           8     -     SG
        66   0           8-9   -     TH
        670  -           7-8   -     TL
        672  -           6     -     NF
        673  -           7     -     BN
        674  -           7     -     NR
        675  -           7-8   -     PG
        676  -           5-7   -     TO
        677  -           5-7   -     SB
        678  -           5-7   -     VU
        679  -           7     -     FJ
        680  -           7     -     PW
        681  -           6     -     WF
        682  -           5     -     CK
        683  -           4-7   -     NU
        685  -           5-7   -     WS
        686  0           8     -     KI
        687  -           6     -     NC
        688  -           5-7   -     TV
        689  -           8     -     PF
        690  -           4-5   -     TK
        691  -           7     -     FM
        692  1           7     -     MH
        7    8           10    810   KZ RU
        81   0           9-10  010   JP
        82   0           8-10  -     KR
        84   0           9-10  -     VN
        850  0           8-10  -     KP
        852  -           8     -     HK
        853  -           8     -     MO
        855  0           8-9   -     KH
        856  0           8-10  -     LA
        86   0           9-11  -     CN
        880  0           8-10  -     BD
        886  0           8-9   -     TW
        90   0           10    -     TR
        91   0           10    -     IN
        92   0           9-10  -     PK
        93   0           9     -     AF
        94   0           9     -     LK
        95   0           6-10  -     MM
        960  -           7     -     MV
        961  0           7-8   -     LB
        962  0           8-9   -     JO
        963  0           8-9   -     SY
        964  0           8-10  -     IQ
        965  -           8     -     KW
        966  0           9     -     SA
        967  0           7-9   -     YE
        968  -           8     -     OM
        970  0           8-9   -     PS
        971  0           8-9   -     AE
        972  0           8-9   -     IL
        973  -           8     -     BH
        974  -           8     -     QA
        975  -           7-8   -     BT
        976  0           8-10  -     MN
        977  0           8-10  -     NP
        98   0           10    -     IR
        992  =           9     810   TJ
        993  8           8     810   TM
        994  0           9     -     AZ
        995  0           9     -     GE
        996  0           9     -     KG
        998  -           9     -     UZ
        """;
}
