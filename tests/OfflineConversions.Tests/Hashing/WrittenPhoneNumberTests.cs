using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

/// <summary>Phone numbers as spreadsheets, web pages and people write them.</summary>
public sealed class WrittenPhoneNumberTests
{
    [Theory]
    [InlineData("16505551212.0")]
    [InlineData("16505551212.00")]
    [InlineData("16505551212,0")]
    [InlineData("16505551212.")]
    [InlineData("+16505551212.0")]
    [InlineData("1.6505551212E+10")]
    [InlineData("1.6505551212e10")]
    [InlineData("1,6505551212E+10")]
    [InlineData("+1.6505551212E+10")]
    [InlineData("16505551212E0")]
    [InlineData("165055512.12E2")]
    [InlineData("'16505551212")]
    [InlineData("'+16505551212")]
    [InlineData("’16505551212")]
    [InlineData("\"16505551212\"")]
    [InlineData("=\"16505551212\"")]
    [InlineData("'16505551212.0")]
    [InlineData("\t16505551212\r\n")]
    [InlineData("16,505,551,212")]
    public void A_phone_from_a_spreadsheet_is_read_as_the_number(string value) => Reads(value, "16505551212");

    [Theory]
    [InlineData("3.01234567E+8", "49301234567")]
    [InlineData("301234567.0", "49301234567")]
    [InlineData("+4.930123456E+10", "49301234560")]
    [InlineData("+49301234567.0", "49301234567")]
    public void The_sign_of_an_exponent_is_not_the_plus_of_a_country_code(string value, string expected) =>
        Normalize.Phone(value, "DE", out _).Should().Be(expected);

    [Theory]
    [InlineData("4.930123456E+11", "493012345600")]
    [InlineData("4,47911123456E+11", "447911123456")]
    [InlineData("8.613800138000E+12", "8613800138000")]
    [InlineData("650.555.1212", "6505551212")]
    [InlineData("06.12.34.56.78", "612345678")]
    public void A_dot_is_a_decimal_point_only_where_it_can_be_one(string value, string expected) =>
        Reads(value, expected);

    [Theory]
    [InlineData("+16505551212x123")]
    [InlineData("+1 650 555 1212 x123")]
    [InlineData("+1 650 555 1212 X 123")]
    [InlineData("+1 650 555 1212 ext. 5")]
    [InlineData("+1 650 555 1212 ext 5")]
    [InlineData("+1 650 555 1212, ext 5")]
    [InlineData("+16505551212ext5")]
    [InlineData("+1-650-555-1212 Extn: 4412")]
    [InlineData("+1 650 555 1212 (ext 12)")]
    [InlineData("+1 650 555 1212 extension 12345")]
    [InlineData("+1 650 555 1212 extensión 12")]
    [InlineData("tel:+1-650-555-1212;ext=5")]
    [InlineData("tel:+1-650-555-1212;phone-context=example.com")]
    [InlineData("+1 650 555 1212 #12")]
    [InlineData("+1 650 555 1212 ~12")]
    [InlineData("+16505551212,,123#")]
    [InlineData("+16505551212p123")]
    [InlineData("+16505551212w123")]
    [InlineData("+1 650 555 1212 Durchwahl 12")]
    [InlineData("+1 650 555 1212 DW 12")]
    [InlineData("+1 650 555 1212 poste 12")]
    [InlineData("+1 650 555 1212 int. 12")]
    [InlineData("+1 650 555 1212 interno 12")]
    [InlineData("+1 650 555 1212 anexo 12")]
    [InlineData("+1 650 555 1212 ramal 12")]
    [InlineData("+1 650 555 1212 wew. 12")]
    [InlineData("+1 650 555 1212 toestel 12")]
    [InlineData("+1 650 555 1212 доб. 12")]
    [InlineData("+1 650 555 1212доб12")]
    [InlineData("+1 650 555 1212 х12")]
    [InlineData("+1-650-555-1212内線12")]
    [InlineData("+1-650-555-1212转12")]
    [InlineData("+1 650 555 1212 dahili 12")]
    [InlineData("+1 650 555 1212 klapka 12")]
    [InlineData("+1 650 555 1212 (home)")]
    [InlineData("+1 650 555 1212 room 4711")]
    public void An_extension_is_not_part_of_the_number(string value) => Reads(value, "16505551212");

    [Theory]
    [InlineData("+1 650 555 1212 / +1 650 555 1213")]
    [InlineData("+1 650 555 1212/+1 650 555 1213")]
    [InlineData("16505551212/16505551213")]
    [InlineData("1 650 555 1212 / 1 650 555 1213")]
    [InlineData("16505551212;16505551213")]
    [InlineData("16505551212; 16505551213")]
    [InlineData("16505551212,16505551213")]
    [InlineData("16505551212, 16505551213")]
    [InlineData("16505551212|16505551213")]
    [InlineData("16505551212 \\ 16505551213")]
    [InlineData("16505551212 & 16505551213")]
    [InlineData("16505551212 &amp; 16505551213")]
    [InlineData("16505551212\n16505551213")]
    [InlineData("16505551212\r\n16505551213")]
    [InlineData("16505551212 or 16505551213")]
    [InlineData("16505551212 oder 16505551213")]
    [InlineData("16505551212 ou 16505551213")]
    [InlineData("16505551212 o 16505551213")]
    [InlineData("16505551212 y 16505551213")]
    [InlineData("16505551212 и 16505551213")]
    [InlineData("16505551212 - 16505551213")]
    [InlineData("16505551212 – 16505551213")]
    [InlineData("16505551212 16505551213")]
    [InlineData("1 650 555 1212 1 650 555 1213")]
    [InlineData("+1 650 555 1212 +1 650 555 1213")]
    [InlineData("Mobile: 16505551212 Home: 16505551213")]
    [InlineData("16505551212 / 16505551213 / 16505551214")]
    [InlineData("n/a / +1 650 555 1212")]
    [InlineData("12 / +1 650 555 1212")]
    [InlineData("12; 1 650 555 1212")]
    [InlineData("7\n16505551212")]
    [InlineData("16505551212 / 13")]
    public void Of_two_numbers_the_first_complete_one_is_used(string value) => Reads(value, "16505551212");

    [Theory]
    [InlineData("030/1234567 / 0171/7654321", "49301234567")]
    [InlineData("030 1234567, 0171 7654321", "49301234567")]
    [InlineData("030 1234567 0171 7654321", "49301234567")]
    [InlineData("030/1234567", "49301234567")]
    [InlineData("030/1234567/68", "49301234567")]
    [InlineData("0049/3641/123456", "493641123456")]
    [InlineData("0049/3641/1234567", "4936411234567")]
    [InlineData("+49/30/1234567", "49301234567")]
    [InlineData("+49 30123/4567890", "49301234567890")]
    [InlineData("030, 1234567", "49301234567")]
    [InlineData("1234567/7654321", "491234567")]
    public void A_slash_or_comma_inside_a_number_does_not_end_it(string value, string expected) =>
        Normalize.Phone(value, "DE", out _).Should().Be(expected);

    [Theory]
    [InlineData("+1-555-123-4567-890-123-456-789")]
    [InlineData("16505551212165055512131")]
    [InlineData("12345 ext 67")]
    [InlineData("123 / 456")]
    [InlineData("12;34")]
    public void Without_a_complete_number_there_is_none(string value) =>
        Normalize.Phone(value, defaultCountry: null, out _).Should().BeNull();

    [Theory]
    [InlineData("%2B16505551212")]
    [InlineData("%2b1%20650%20555%201212")]
    [InlineData("%2B1%28650%29555-1212")]
    [InlineData("%252B16505551212")]
    [InlineData("&#43;16505551212")]
    [InlineData("&#043;1 650 555 1212")]
    [InlineData("&#x2B;16505551212")]
    [InlineData("&#x2b;16505551212")]
    [InlineData("&plus;16505551212")]
    [InlineData("&amp;#43;16505551212")]
    [InlineData("%26%2343%3B16505551212")]
    [InlineData("＋16505551212")]
    [InlineData("﹢1 650 555 1212")]
    [InlineData("+1+650+555+1212")]
    [InlineData("+1&nbsp;650&nbsp;555&nbsp;1212")]
    public void An_encoded_plus_is_a_plus(string value)
    {
        Reads(value, "16505551212");
        Normalize.Phone(value, defaultCountry: null, out var missing);
        missing.Should().BeFalse();
    }

    [Theory]
    [InlineData("555%123%4567", "5551234567")]
    [InlineData("1-800-FLOWERS-24", "180024")]
    public void Signs_that_are_no_encoding_are_left_out(string value, string expected) =>
        Normalize.Phone(value, defaultCountry: null, out _).Should().Be(expected.Length < 7 ? null : expected);

    [Theory]
    [InlineData("+44 020 7946 0958", "442079460958")]
    [InlineData("+44 (0) 20 7946 0958", "442079460958")]
    [InlineData("+44[0]2079460958", "442079460958")]
    [InlineData("+49 030 1234567", "49301234567")]
    [InlineData("0049 030 1234567", "49301234567")]
    [InlineData("+36 06 30 123 4567", "36301234567")]
    [InlineData("+7 8 916 123 45 67", "79161234567")]
    [InlineData("+7 812 123 45 67", "78121234567")]
    [InlineData("+39 06 6982 1234", "390669821234")]
    [InlineData("+54 9 11 2345 6789", "5491123456789")]
    [InlineData("+54 11 15 2345 6789", "5491123456789")]
    [InlineData("+54 9 11 15 2345 6789", "5491123456789")]
    [InlineData("+54 0351 15 234 5678", "5493512345678")]
    [InlineData("+54 2966 15 41 2345", "5492966412345")]
    [InlineData("+54 11 2345 6789", "541123456789")]
    public void A_trunk_prefix_after_the_country_code_is_left_out(string value, string expected) =>
        Reads(value, expected);

    [Theory]
    [InlineData("XK", "044 123 456", "38344123456")]
    [InlineData("ac", "62889", "24762889")]
    [InlineData("TA", "8999", "2908999")]
    [InlineData("AR", "011 15-2345-6789", "5491123456789")]
    [InlineData("AR", "0351 15-234-5678", "5493512345678")]
    [InlineData("AR", "15-2345-6789", "541523456789")]
    [InlineData("KI", "686 31234", "68631234")]
    [InlineData("NU", "683 7012", "6837012")]
    [InlineData("LU", "352 27 12 34 56", "35227123456")]
    [InlineData("SG", "0065 6123 4567", "6561234567")]
    [InlineData("SG", "001 49 30 1234567", "49301234567")]
    public void Some_countries_have_rules_of_their_own(string country, string value, string expected) =>
        Normalize.Phone(value, country, out _).Should().Be(expected);

    private static void Reads(string value, string expected) =>
        Normalize.Phone(value, defaultCountry: null, out _).Should().Be(expected);
}
