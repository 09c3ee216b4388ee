using OfflineConversions.Hashing;
using PhoneNumbers;

namespace OfflineConversions.Tests.Hashing;

/// <summary>
/// Compares the numbering plans with Google's libphonenumber, for the example numbers of every region it supports, as
/// people write them in that region and abroad. There is no known difference.
/// </summary>
public sealed class PhoneNumberOracleTests
{
    private static readonly PhoneNumberUtil Oracle = PhoneNumberUtil.GetInstance();
    private static readonly string[] Abroad = ["DE", "US", "GB", "SG"];

    public static TheoryData<string> Regions => [.. Oracle.GetSupportedRegions().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Regions))]
    public void A_number_is_read_at_home_in_every_notation(string region)
    {
        foreach (var number in Examples(region))
        {
            foreach (var written in Notations(number))
            {
                Normalize.Phone(written, region, out _).Should().Be(Expected(number), written);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Regions))]
    public void A_number_with_country_code_needs_no_default_country(string region)
    {
        foreach (var number in Examples(region))
        {
            foreach (var written in Notations(number).Where(notation => notation[0] == '+'))
            {
                Normalize.Phone(written, defaultCountry: null, out var missing).Should().Be(Expected(number), written);
                missing.Should().BeFalse();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Regions))]
    public void A_number_abroad_is_read_as_it_is_dialled_in_the_region(string region)
    {
        foreach (var number in Abroad.SelectMany(Examples))
        {
            if (number.CountryCode != Oracle.GetCountryCodeForRegion(region))
            {
                var dialled = Oracle.FormatOutOfCountryCallingNumber(number, region);
                Normalize.Phone(dialled, region, out _).Should().Be(Expected(number), dialled);
            }
        }
    }

    private static IEnumerable<PhoneNumbers.PhoneNumber> Examples(string region) =>
        new[] { PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE }
            .Select(type => Oracle.GetExampleNumberForType(region, type))
            .OfType<PhoneNumbers.PhoneNumber>();

    private static string Expected(PhoneNumbers.PhoneNumber number) =>
        Oracle.Format(number, PhoneNumberFormat.E164)[1..];

    private static IEnumerable<string> Notations(PhoneNumbers.PhoneNumber number)
    {
        var international = Oracle.Format(number, PhoneNumberFormat.INTERNATIONAL);
        var national = Oracle.Format(number, PhoneNumberFormat.NATIONAL);
        yield return Oracle.Format(number, PhoneNumberFormat.E164);
        yield return Expected(number);
        yield return international;
        yield return international[1..];
        yield return "00" + international[1..];
        yield return Oracle.Format(number, PhoneNumberFormat.RFC3966);
        yield return national;
        yield return Oracle.GetNationalSignificantNumber(number);

        // With the trunk prefix that only callers at home dial.
        yield return $"+{number.CountryCode} {national}";
        yield return $"+{number.CountryCode}{PhoneNumberUtil.NormalizeDigitsOnly(national)}";
    }
}
