using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Hashing;

/// <summary>
/// A zip from a spreadsheet: <c>94035.0</c> is <c>94035</c>; a lost leading zero is restored where the country is US.
/// </summary>
public sealed class ZipCodeTests
{
    [Theory]
    [InlineData("94035.0", "94035")]
    [InlineData("94035.00", "94035")]
    [InlineData("94035,0", "94035")]
    [InlineData("'94035", "94035")]
    [InlineData("\"94035.0\"", "94035")]
    [InlineData(" 94035.0 ", "94035")]
    [InlineData("940351234.0", "94035")]
    [InlineData("1010.0", "1010")]
    [InlineData("01310.000", "01310000")]
    [InlineData("70.000-000", "70000000")]
    [InlineData("NR9 5AL", "nr95al")]
    [InlineData("2134", "2134")]
    public void A_fraction_of_zeros_is_left_out(string value, string expected) =>
        Normalize.Zip(value).Should().Be(expected);

    [Theory]
    [InlineData("2134", "02134")]
    [InlineData("2134.0", "02134")]
    [InlineData("2134,0", "02134")]
    [InlineData(" 2134 ", "02134")]
    [InlineData("'2134", "02134")]
    [InlineData("2134-1234", "02134")]
    [InlineData("21341234", "02134")]
    [InlineData("601", "00601")]
    [InlineData("02134", "02134")]
    [InlineData("02134-1234", "02134")]
    [InlineData("94035", "94035")]
    [InlineData("94035-1234", "94035")]
    [InlineData("940351234", "94035")]
    public void A_lost_leading_zero_is_restored_in_the_US(string value, string expected) =>
        Normalize.Zip(value, isUnitedStates: true, new KeyScratch()).ToString().Should().Be(expected);

    [Theory]
    [InlineData("US", null, "02134")]
    [InlineData("usa", null, "02134")]
    [InlineData("United States", null, "02134")]
    [InlineData("79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621", null, "02134")]
    [InlineData("US", "AT", "02134")]
    [InlineData("PR", null, "02134")]
    [InlineData("AT", null, "2134")]
    [InlineData("AT", "US", "2134")]
    [InlineData(null, "US", "02134")]
    [InlineData(null, "AT", "2134")]
    [InlineData(null, null, "2134")]
    public void The_country_is_the_persons_else_the_connections(string? country, string? byDefault, string expected)
    {
        foreach (var isCountryFirst in new[] { true, false })
        {
            var keys = new MatchKeys();
            keys.Add(MatchKey.Country, isCountryFirst ? country : null);
            keys.Add(MatchKey.Zip, "2134");
            keys.Add(MatchKey.Country, isCountryFirst ? null : country);
            var hasher = new KeyHasher(
                MetaShapes.ConversionsApi.HashingRules,
                byDefault,
                DateOrder.MonthFirst,
                hashExternalId: false,
                requireHashed: false
            );
            hasher
                .Hash(keys, Some.Received, eventTime: null, new Warnings())
                .Pairs()
                .Should()
                .Contain((MatchKey.Zip, Sha256Hex.Of(expected)));
        }
    }
}
