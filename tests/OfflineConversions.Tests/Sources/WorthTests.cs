using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>What an event was worth, for every source and both shapes.</summary>
public class WorthTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("-0.01")]
    [InlineData("\"-5\"")]
    [InlineData("\"-12,50 €\"")]
    [InlineData("\"12.50-\"")]
    [InlineData("\"(12.50)\"")]
    [InlineData("\"\u221212.50\"")]
    [InlineData("-1e3")]
    public void A_negative_value_rejects_a_purchase_and_is_left_out_of_other_events(string value)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var purchase = SomeSale.Purchase(source, api).Value(value).Map();
            purchase.Outcome.Should().Be(Outcome.Rejected, source);
            purchase.Reason.Should().Be("negative_value", source);

            var other = SomeSale.AddToCart(source, api).Value(value).Map();
            SomeSale.Amounts(other, api).Should().NotContainKey("value", source);
            other.Warnings.Should().Contain("negative_value", source);
        }
    }

    [Theory]
    [InlineData("-0")]
    [InlineData("0")]
    [InlineData("0.00")]
    [InlineData("\"-0.00\"")]
    public void Zero_is_not_negative(string value)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            SomeSale.Purchase(source, api).Value(value).Map().Outcome.Should().Be(Outcome.Accepted, source);
        }
    }

    [Theory]
    [InlineData("$1,234.50", "1234.50")]
    [InlineData("5 EUR", "5")]
    [InlineData("12,50", "12.50")]
    [InlineData("1.234,50", "1234.50")]
    [InlineData("1 234,50", "1234.50")]
    [InlineData("1\u00A0234,50 zł", "1234.50")]
    [InlineData("1\u202F234,50 €", "1234.50")]
    [InlineData("CHF 1’234.50", "1234.50")]
    [InlineData("Rs. 1,23,456", "123456")]
    [InlineData("1,234", "1234")]
    [InlineData("1.234", "1.234")]
    public void Money_as_text_is_read_as_value_and_as_price(string money, string expected)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var amounts = SomeSale
                .Purchase(source, api)
                .Value($"\"{money}\"")
                .Products($$"""[{"ID":"p","quantity":1,"price":"{{money}}"}]""")
                .Amounts();
            amounts["value"]!.ToJsonString().Should().Be(expected, source);
            amounts["contents"]![0]![SomeSale.PriceIn(api)]!.ToJsonString().Should().Be(expected, source);
            amounts["currency"]!.ToString().Should().Be("EUR", "the currency never comes from this text");
        }
    }

    [Theory]
    [InlineData("\"free\"")]
    [InlineData("\"n/a\"")]
    [InlineData("\"5%\"")]
    [InlineData("\"5-10\"")]
    [InlineData("\"1.2.3\"")]
    [InlineData("\"1e400\"")]
    [InlineData("1e400")]
    [InlineData("true")]
    [InlineData("[12.50]")]
    [InlineData("{\"amount\":12.50}")]
    public void A_value_that_cannot_be_read_rejects_a_purchase_and_is_never_sent_as_zero(string value)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var purchase = SomeSale
                .Purchase(source, api)
                .Products("""[{"ID":"p","quantity":1,"price":3}]""")
                .Value(value)
                .Map();
            purchase.Outcome.Should().Be(Outcome.Rejected, source);
            purchase.Reason.Should().Be("invalid_value", source);

            var other = SomeSale.AddToCart(source, api).Value(value).Map();
            SomeSale.Amounts(other, api).Should().NotContainKey("value", source);
            other.Warnings.Should().Contain("invalid_number", source);
        }
    }

    [Theory]
    [InlineData("orderId", "\"o-7\"", "o-7")]
    [InlineData("orderId", "7", "7")]
    [InlineData("order_id", "\"o-7\"", "o-7")]
    public void A_Segment_order_id_in_either_spelling_is_the_order_id(string name, string given, string expected)
    {
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            var sale = SomeSale.Purchase(SourceName.Segment, api).With(name, given);
            sale.Amounts()["order_id"]!.ToString().Should().Be(expected);
            sale.Map().Payload()["custom_data"]?.AsObject().Should().NotContainKey("orderId");
        }
    }

    [Theory]
    [InlineData(SourceName.Segment, "USD")]
    [InlineData(SourceName.RudderStack, "USD")]
    [InlineData(SourceName.MParticle, null)]
    [InlineData(SourceName.CommandersAct, null)]
    public void An_assumed_currency_is_noted(string source, string? assumed)
    {
        foreach (var missing in (string[])["null", "\"\"", "\" \""])
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var result = SomeSale.Purchase(source, api).With("currency", missing).Map();
                result.Reason.Should().Be(assumed is null ? "missing_currency" : null);
                result.Warnings.Contains("assumed_currency").Should().Be(assumed is not null);
            }

            SomeSale
                .Purchase(source)
                .With("currency", missing)
                .Map(options => options.DefaultCurrency = "EUR")
                .Warnings.Should()
                .NotContain("assumed_currency");
        }

        SomeSale.Purchase(source).Map().Warnings.Should().NotContain("assumed_currency");
    }
}
