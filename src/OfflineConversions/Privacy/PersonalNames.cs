using System.Collections.Frozen;

namespace OfflineConversions.Privacy;

/// <summary>
/// The property names that denote personal data: match keys under Meta's names, those of the offline-events API and the
/// vendors' own, in any spelling.
/// </summary>
internal static class PersonalNames
{
    // Compared without case, blanks, dashes, underscores and dollar signs.
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "em",
        "email",
        "emailaddress",
        "ph",
        "phone",
        "phonenumber",
        "mobile",
        "mobilenumber",
        "mobilephone",
        "telephone",
        "fn",
        "firstname",
        "givenname",
        "ln",
        "lastname",
        "surname",
        "familyname",
        "fullname",
        "fi",
        "f5first",
        "f5last",
        "ge",
        "gen",
        "gender",
        "sex",
        "db",
        "dob",
        "doby",
        "dobm",
        "dobd",
        "birthday",
        "birthdate",
        "dateofbirth",
        "ct",
        "city",
        "st",
        "state",
        "zp",
        "zip",
        "zipcode",
        "postalcode",
        "postcode",
        "country",
        "externalid",
        "externid",
        "madid",
        "advertisingid",
        "iosadvertisingid",
        "androidadvertisingid",
        "idfa",
        "gaid",
        "leadid",
        "clientipaddress",
        "ipaddress",
        "ip",
        "clientuseragent",
        "useragent",
        "fbc",
        "fbp"
    );

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestName = Names.Max(name => name.Length);

    /// <summary>Whether the name denotes personal data.</summary>
    public static bool Contain(string name)
    {
        Span<char> letters = stackalloc char[LongestName + 1];
        var count = 0;
        foreach (var character in name)
        {
            if (character is ' ' or '_' or '-' or '$')
            {
                continue;
            }

            if (count == letters.Length)
            {
                return false;
            }

            letters[count++] = character;
        }

        return NamesBySpan.Contains(letters[..count]);
    }
}
