using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Targets.Meta;

public sealed class CurrenciesTests
{
    [Theory]
    [InlineData("USD", "USD")]
    [InlineData(" eur ", "EUR")]
    [InlineData("idr", "IDR")]
    [InlineData("ZWG", "ZWG")]
    public void A_currency_is_three_letters_in_upper_case(string value, string expected)
    {
        Currencies.Canonical(value).Should().Be(expected);
        Currencies.IsKnown(value).Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("US")]
    [InlineData("EURO")]
    [InlineData("€")]
    [InlineData("ZZZ")]
    [InlineData("XXX")]
    [InlineData("XTS")]
    [InlineData("US D")]
    [InlineData("USD EUR")]
    public void What_ISO_4217_does_not_list_as_money_is_unknown(string value)
    {
        Currencies.Canonical(value).Should().BeNull();
        Currencies.IsKnown(value).Should().BeFalse();
    }
}
