using System.Collections.Frozen;

namespace OfflineConversions.Hashing;

/// <summary>The two-letter codes of the US states, the District of Columbia and the Canadian provinces.</summary>
internal static class States
{
    /// <summary>One row a state: code, country, names as <see cref="Kept.Letters"/> and marks leave them.</summary>
    private const string Rows = """
        al us alabama
        ak us alaska
        az us arizona
        ar us arkansas
        ca us california
        co us colorado
        ct us connecticut
        de us delaware
        dc us districtofcolumbia washingtondc washingtondistrictofcolumbia
        fl us florida
        ga us georgia
        hi us hawaii
        id us idaho
        il us illinois
        in us indiana
        ia us iowa
        ks us kansas
        ky us kentucky
        la us louisiana
        me us maine
        md us maryland
        ma us massachusetts
        mi us michigan
        mn us minnesota
        ms us mississippi
        mo us missouri
        mt us montana
        ne us nebraska
        nv us nevada
        nh us newhampshire
        nj us newjersey
        nm us newmexico
        ny us newyork newyorkstate
        nc us northcarolina
        nd us northdakota
        oh us ohio
        ok us oklahoma
        or us oregon
        pa us pennsylvania
        ri us rhodeisland
        sc us southcarolina
        sd us southdakota
        tn us tennessee
        tx us texas
        ut us utah
        vt us vermont
        va us virginia
        wa us washington washingtonstate
        wv us westvirginia
        wi us wisconsin
        wy us wyoming
        ab ca alberta
        bc ca britishcolumbia colombiebritannique
        mb ca manitoba
        nb ca newbrunswick nouveaubrunswick
        nl ca newfoundlandandlabrador newfoundlandlabrador newfoundland labrador terreneuveetlabrador
        nt ca northwestterritories territoiresdunordouest
        ns ca novascotia nouvelleécosse nouvelleecosse
        nu ca nunavut
        on ca ontario
        pe ca princeedwardisland îleduprinceédouard ileduprinceedouard
        qc ca quebec québec
        sk ca saskatchewan
        yt ca yukon yukonterritory
        """;

    private static readonly FrozenDictionary<string, string> Codes = ByNameAndCode();

    /// <summary>The code for a name; any other text stays whole.</summary>
    public static string? Abbreviate(string? letters) =>
        letters is null ? null : Codes.GetValueOrDefault(letters, letters);

    /// <summary><c>us-ca</c> → <c>ca</c>: ISO 3166-2, as shop systems export it.</summary>
    public static string? FromSubdivisionCode(string? folded) =>
        folded is { Length: 5 } && folded[2] == '-' ? Codes.GetValueOrDefault(folded) : null;

    private static FrozenDictionary<string, string> ByNameAndCode()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in Rows.Split('\n'))
        {
            var words = row.Trim().Split(' ');
            var code = words[0];
            codes[$"{words[1]}-{code}"] = code;
            foreach (var name in words[2..])
            {
                codes[name] = code;
            }
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
