using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class CountriesTests
{
    [Theory]
    [InlineData("us", "United States", "United States of America", "USA", "U.S.A.", "U.S.", "US", "the United States")]
    [InlineData(
        "gb",
        "United Kingdom",
        "UK",
        "U.K.",
        "GB",
        "GBR",
        "Great Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland"
    )]
    [InlineData("kr", "South Korea", "Republic of Korea", "Korea, Republic of", "Korea", "대한민국")]
    [InlineData("kp", "North Korea", "Democratic People's Republic of Korea")]
    [InlineData("cz", "Czechia", "Czech Republic", "Česko", "CZE")]
    [InlineData("ci", "Côte d'Ivoire", "Cote d’Ivoire", "COTE DIVOIRE", "Ivory Coast")]
    [InlineData("nl", "Netherlands", "The Netherlands", "Holland", "Nederland")]
    [InlineData("ru", "Russia", "Russian Federation", "Россия", "РОССИЯ")]
    [InlineData("vn", "Viet Nam", "Vietnam", "Việt Nam")]
    [InlineData("tr", "Türkiye", "Turkey", "Turkiye", "TÜRKİYE", "TURKIYE")]
    [InlineData("de", "Germany", "Deutschland", "DEU", " germany ")]
    [InlineData("es", "Spain", "España", "ESPAN\u0303A")]
    [InlineData("at", "Austria", "Österreich", "Oesterreich")]
    [InlineData("ba", "Bosnia and Herzegovina", "Bosnia & Herzegovina")]
    [InlineData("cd", "DR Congo", "Democratic Republic of the Congo", "Congo, The Democratic Republic of the")]
    [InlineData("cg", "Congo", "Republic of the Congo")]
    [InlineData("cn", "China", "中国", "People's Republic of China")]
    [InlineData("tw", "Taiwan", "Taiwan, Province of China")]
    [InlineData("mk", "North Macedonia", "Macedonia")]
    [InlineData("sz", "Eswatini", "Swaziland")]
    [InlineData("va", "Holy See", "Vatican City")]
    [InlineData("in", "India", "भारत")]
    [InlineData("bs", "Bahamas (the)", "The Bahamas", "BAHAMAS, THE")]
    [InlineData("kr", "Korea (the Republic of)")]
    [InlineData("kp", "Korea (the Democratic People's Republic of)")]
    [InlineData("cd", "Congo (the Democratic Republic of the)")]
    [InlineData("nl", "Netherlands (Kingdom of the)")]
    [InlineData("fk", "Falkland Islands (the) [Malvinas]")]
    [InlineData("us", "United States of America (the)")]
    public void A_country_is_known_by_its_names_and_codes(string expected, params string[] names)
    {
        foreach (var name in names)
        {
            Normalize.Country(name).Should().Be(expected, "of {0}", name);
        }
    }

    [Theory]
    [InlineData("Unknown")]
    [InlineData("XX")]
    [InlineData("ZZZ")]
    [InlineData("UU")]
    [InlineData("Europe")]
    [InlineData("D1E")]
    [InlineData("N/A")]
    [InlineData("n.a.")]
    [InlineData("&")]
    [InlineData("!@#$%^&*()")]
    [InlineData("-")]
    [InlineData("the")]
    public void What_is_no_country_is_dropped(string value) => Normalize.Country(value).Should().BeNull();

    [Fact]
    public void All_249_countries_are_there()
    {
        var letters = "abcdefghijklmnopqrstuvwxyz";
        var codes = letters.SelectMany(first => letters.Select(second => $"{first}{second}"));

        codes.Count(code => Normalize.Country(code) == code).Should().Be(249);
    }
}
