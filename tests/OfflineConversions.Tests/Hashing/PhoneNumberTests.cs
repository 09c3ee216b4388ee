using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+49 (0)30 1234567", "49301234567")]
    [InlineData("0049 30 1234567", "49301234567")]
    [InlineData("(+49) 30/1234-567", "49301234567")]
    [InlineData("tel:+49-30-1234567", "49301234567")]
    [InlineData("＋４９ ３０ １２３４５６７", "49301234567")]
    [InlineData("+١ ٦٥٠ ٥٥٥ ١٢١٢", "16505551212")]
    [InlineData("+225 07 12 34 56 78", "2250712345678")]
    public void A_number_with_country_code_is_its_digits_whatever_the_default_country(string value, string expected)
    {
        foreach (var country in new[] { null, "US", "DE", "IT", "RU", "AU" })
        {
            Normalize.Phone(value, country, out var missing).Should().Be(expected);
            missing.Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("030 1234567", "301234567")]
    [InlineData("(0)30 1234567", "301234567")]
    [InlineData("(650) 555-1212", "6505551212")]
    [InlineData("1 650 555 1212", "16505551212")]
    public void Without_default_country_a_national_number_stays_as_it_is_and_says_so(string value, string expected)
    {
        Normalize.Phone(value, defaultCountry: null, out var missing).Should().Be(expected);
        missing.Should().BeTrue();
    }

    [Theory]
    [InlineData("123456")]
    [InlineData("+000123456")]
    [InlineData("1234567890123456")]
    [InlineData("+49 30 12345678901234")]
    [InlineData("unknown")]
    [InlineData("+")]
    public void Fewer_than_seven_or_more_than_fifteen_digits_are_no_phone_number(string value)
    {
        Normalize.Phone(value, defaultCountry: null, out var missing).Should().BeNull();
        missing.Should().BeFalse();
    }

    [Theory]
    [InlineData("DE", "030 1234567", "49301234567")]
    [InlineData("de", "(0)30 1234567", "49301234567")]
    [InlineData("DE", "30 1234567", "49301234567")]
    [InlineData("DE", "49 30 1234567", "49301234567")]
    [InlineData("GB", "020 7946 0958", "442079460958")]
    [InlineData("GB", "44 20 7946 0958", "442079460958")]
    [InlineData("FR", "01 42 86 83 26", "33142868326")]
    [InlineData("FR", "33 1 42 86 83 26", "33142868326")]
    [InlineData("US", "(650) 555-1212", "16505551212")]
    [InlineData("US", "1 650 555 1212", "16505551212")]
    [InlineData("US", "01 650 555 1212", "16505551212")]
    [InlineData("US", "011 44 20 7946 0958", "442079460958")]
    [InlineData("CA", "1-416-555-0123", "14165550123")]
    [InlineData("RU", "8 (916) 123-45-67", "79161234567")]
    [InlineData("RU", "7 916 123-45-67", "79161234567")]
    [InlineData("RU", "(812) 123-45-67", "78121234567")]
    [InlineData("RU", "8 10 49 30 1234567", "49301234567")]
    [InlineData("KZ", "8 701 123 4567", "77011234567")]
    [InlineData("HU", "06 1 234 5678", "3612345678")]
    [InlineData("HU", "06 30 123 4567", "36301234567")]
    [InlineData("IT", "06 6982 1234", "390669821234")]
    [InlineData("IT", "347 123 4567", "393471234567")]
    [InlineData("IT", "39 347 123 4567", "393471234567")]
    [InlineData("IT", "392 123 4567", "393921234567")]
    [InlineData("SM", "0549 882345", "3780549882345")]
    [InlineData("VA", "06 6982 1234", "390669821234")]
    [InlineData("CI", "07 12 34 56 78", "2250712345678")]
    [InlineData("ES", "612 345 678", "34612345678")]
    [InlineData("ES", "34 612 345 678", "34612345678")]
    [InlineData("IN", "09112345678", "919112345678")]
    [InlineData("IN", "9112345678", "919112345678")]
    [InlineData("IN", "919112345678", "919112345678")]
    [InlineData("AU", "02 9374 4000", "61293744000")]
    [InlineData("AU", "0011 49 30 1234567", "49301234567")]
    [InlineData("JP", "03-1234-5678", "81312345678")]
    [InlineData("JP", "010 49 30 1234567", "49301234567")]
    [InlineData("BY", "8 029 123 45 67", "375291234567")]
    [InlineData("LT", "8 612 34567", "37061234567")]
    [InlineData("MX", "01 55 1234 5678", "525512345678")]
    [InlineData("BR", "(55) 99123-4567", "5555991234567")]
    [InlineData("BR", "55 11 91234-5678", "5511912345678")]
    [InlineData("TR", "0532 123 45 67", "905321234567")]
    [InlineData("NL", "06 12345678", "31612345678")]
    [InlineData("CH", "044 668 18 00", "41446681800")]
    public void A_default_country_completes_a_national_number_once(string country, string value, string expected)
    {
        Normalize.Phone(value, country, out var missing).Should().Be(expected);
        missing.Should().BeFalse();
    }

    [Fact]
    public void A_completed_number_stays_the_same_when_it_comes_back_with_a_plus() =>
        Prop.ForAll(Some.Text, value =>
            {
                foreach (var country in new[] { "DE", "US", "IT", "RU", "HU", "JP", "AU" })
                {
                    if (Normalize.Phone(value, country, out _) is { } digits)
                    {
                        Normalize.Phone("+" + digits, country, out _).Should().Be(digits);
                    }
                }
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Only_uninhabited_places_and_Pitcairn_have_no_numbering_plan()
    {
        var letters = "abcdefghijklmnopqrstuvwxyz";
        var unknown = letters
            .SelectMany(first => letters.Select(second => $"{first}{second}"))
            .Where(code => Normalize.Country(code) is not null)
            .Where(code => Normalize.Phone("612345678", code, out var missing) is not null && missing);

        unknown.Should().Equal("aq", "bv", "gs", "hm", "pn", "tf", "um");
    }

    [Fact]
    public void A_country_without_numbering_plan_is_no_default_country()
    {
        Normalize.Phone("030 1234567", "AQ", out var missing).Should().Be("301234567");
        missing.Should().BeTrue();
    }
}
