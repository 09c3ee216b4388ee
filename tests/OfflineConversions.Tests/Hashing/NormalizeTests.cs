using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Hashing;

public sealed class NormalizeTests
{
    [Theory]
    [InlineData(" Jane.Doe@Example.COM ", "jane.doe@example.com")]
    [InlineData("jöhn@example.com", "jöhn@example.com")]
    [InlineData("jane@bücher.example", "jane@bücher.example")]
    [InlineData("JANE@EXAMPLE.INFO", "jane@example.info")]
    public void An_email_address_is_trimmed_and_lower_case(string value, string expected) =>
        Normalize.Email(value).Should().Be(expected);

    [Theory]
    [InlineData("jane.example.com")]
    [InlineData("jane@doe@example.com")]
    [InlineData("@example.com")]
    [InlineData(".jane@example.com")]
    [InlineData("jane.@example.com")]
    [InlineData("ja..ne@example.com")]
    [InlineData("ja ne@example.com")]
    [InlineData("ja\tne@example.com")]
    [InlineData("ja\u00A0ne@example.com")]
    [InlineData("ja\0ne@example.com")]
    [InlineData("jane\u200B@example.com")]
    [InlineData("\uFEFFjane@example.com")]
    [InlineData("\u200Ejane@example.com")]
    [InlineData("ja\u00ADne@example.com")]
    [InlineData("ja<ne@example.com")]
    [InlineData("ja>ne@example.com")]
    [InlineData("ja(ne@example.com")]
    [InlineData("ja)ne@example.com")]
    [InlineData("ja[ne@example.com")]
    [InlineData("ja]ne@example.com")]
    [InlineData("ja,ne@example.com")]
    [InlineData("ja;ne@example.com")]
    [InlineData("ja:ne@example.com")]
    [InlineData("ja\\ne@example.com")]
    [InlineData("ja\"ne@example.com")]
    [InlineData("jane@example")]
    [InlineData("jane@example.")]
    [InlineData("jane@.com")]
    [InlineData("jane@exam_ple.com")]
    [InlineData("jane@exam ple.com")]
    [InlineData("mailto:jane@example.com")]
    [InlineData("Jane <jane@example.com>")]
    public void Something_that_is_no_email_address_is_dropped(string value) => Normalize.Email(value).Should().BeNull();

    [Theory]
    [InlineData("Mary-Jane O'Brien", "maryjaneobrien")]
    [InlineData("Vale\u0301ry", "valéry")]
    [InlineData("e-\u0301", "é")]
    [InlineData("𠮷田", "𠮷田")]
    [InlineData("John 2nd", "john2nd")]
    [InlineData("ΓΙΩΡΓΟΣ", "γιωργος")]
    [InlineData("Ann\u200BMarie", "annmarie")]
    [InlineData("Ⅳ²", null)]
    [InlineData("?!", null)]
    public void A_name_keeps_letters_marks_and_digits_of_every_script(string value, string? expected) =>
        Normalize.Name(value).Should().Be(expected);

    [Theory]
    [InlineData("Seattle-98121", "seattle")]
    [InlineData("São Paulo", "sãopaulo")]
    [InlineData("L'Aquila", "laquila")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("98121", null)]
    public void A_city_keeps_letters_and_marks(string value, string? expected) =>
        Normalize.City(value).Should().Be(expected);

    [Theory]
    [InlineData("Washington, D.C.", "dc")]
    [InlineData("District of Columbia", "dc")]
    [InlineData("D.C.", "dc")]
    [InlineData("Washington", "wa")]
    [InlineData("WEST VIRGINIA", "wv")]
    [InlineData("US-CA", "ca")]
    [InlineData("CA-QC", "qc")]
    [InlineData("Île-du-Prince-Édouard", "pe")]
    [InlineData("Newfoundland and Labrador", "nl")]
    [InlineData("Bayern", "bayern")]
    [InlineData("Nordrhein-Westfalen", "nordrheinwestfalen")]
    [InlineData("42", null)]
    public void A_state_of_the_US_or_Canada_becomes_its_code_and_others_stay_whole(string value, string? expected) =>
        Normalize.State(value).Should().Be(expected);

    [Theory]
    [InlineData("94035-1234", "94035")]
    [InlineData("940351234", "94035")]
    [InlineData("94035 1234", "94035")]
    [InlineData("98 121-9431", "98121")]
    [InlineData("NR9 5AL", "nr95al")]
    [InlineData("1000-205", "1000205")]
    [InlineData("01310-100", "01310100")]
    [InlineData("100-0001", "1000001")]
    [InlineData("7", null)]
    [InlineData("-", null)]
    public void A_zip_has_no_blanks_no_dashes_and_in_the_US_five_digits(string value, string? expected) =>
        Normalize.Zip(value).Should().Be(expected);

    [Theory]
    [InlineData("He", "m")]
    [InlineData("mister", "m")]
    [InlineData("SHE", "f")]
    [InlineData("girl", "f")]
    [InlineData("FEMALE\u00A0", "f")]
    [InlineData("MISS", "f")]
    [InlineData("Mr", "m")]
    [InlineData("Gentleman", "m")]
    [InlineData("SIR", "m")]
    [InlineData("husband", "m")]
    [InlineData("Father", "m")]
    [InlineData("grooM", "m")]
    [InlineData(" himself ", "m")]
    [InlineData("Mrs", "f")]
    [InlineData("Lady", "f")]
    [InlineData("MADAM", "f")]
    [InlineData("Ma'am", "f")]
    [InlineData("Ma’am", "f")]
    [InlineData("wife", "f")]
    [InlineData("Mommy", "f")]
    [InlineData("herself", "f")]
    [InlineData("lady gentleman", null)]
    [InlineData("mr mrs", null)]
    [InlineData("Frau", null)]
    [InlineData("diverse", null)]
    [InlineData("male.", null)]
    public void Gender_is_m_or_f_or_dropped(string value, string? expected) =>
        Normalize.Gender(value).Should().Be(expected);

    [Theory]
    [InlineData(" 38400000-8CF0-11BD-B23E-10B96E40000D ", "38400000-8cf0-11bd-b23e-10b96e40000d")]
    [InlineData("00000000-0000-0000-0000-000000000000", null)]
    [InlineData("38400000-8cf0-11bd-b23e", null)]
    [InlineData("{38400000-8cf0-11bd-b23e-10b96e40000d}", null)]
    [InlineData("none", null)]
    public void A_mobile_advertiser_id_is_a_GUID_in_lower_case(string value, string? expected) =>
        Normalize.MobileAdvertiserId(value).Should().Be(expected);

    [Theory]
    [InlineData(" User 42 ", "User 42")]
    [InlineData("  ", null)]
    public void An_external_id_is_only_trimmed(string value, string? expected) =>
        Normalize.ExternalId(value).Should().Be(expected);

    [Theory]
    [InlineData("l:1234567890123456", "1234567890123456")]
    [InlineData(" 1234567890123456", "1234567890123456")]
    [InlineData("l:", null)]
    public void A_lead_id_loses_the_prefix_of_exports(string value, string? expected) =>
        Normalize.LeadId(value).Should().Be(expected);
}
