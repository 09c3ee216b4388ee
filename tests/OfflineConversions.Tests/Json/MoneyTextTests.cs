using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

/// <summary>
/// Row "money as text": <c>$1,234.50</c>, <c>5 EUR</c>, <c>12,50</c>, <c>1.234,50</c>, <c>1 234,50</c>.
/// </summary>
public class MoneyTextTests
{
    [Theory]
    // Numbers as JSON has them, and as other programs write them.
    [InlineData("19.90", "19.90")]
    [InlineData("0", "0")]
    [InlineData("-5", "-5")]
    [InlineData("+5", "5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("007", "7")]
    [InlineData("1e2", "1e2")]
    [InlineData("1.5E-7", "1.5E-7")]
    // Currency signs and names, before and after, with and without a blank.
    [InlineData("$1,234.50", "1234.50")]
    [InlineData("5 EUR", "5")]
    [InlineData("€5", "5")]
    [InlineData("5€", "5")]
    [InlineData("£ 12.50", "12.50")]
    [InlineData("12.50 £", "12.50")]
    [InlineData("¥1200", "1200")]
    [InlineData("￥1,200", "1200")]
    [InlineData("₹1,23,456.78", "123456.78")]
    [InlineData("₩12,000", "12000")]
    [InlineData("R$ 1.234,50", "1234.50")]
    [InlineData("R$1.234,50", "1234.50")]
    [InlineData("US$5", "5")]
    [InlineData("US-$ 5", "5")]
    [InlineData("5 US-Dollar", "5")]
    [InlineData("A$12.99", "12.99")]
    [InlineData("USD 12.99", "12.99")]
    [InlineData("USD12.99", "12.99")]
    [InlineData("12.99USD", "12.99")]
    [InlineData("12,99 zł", "12.99")]
    [InlineData("1 299,00 Kč", "1299.00")]
    [InlineData("199 Kc\u030C", "199")]
    [InlineData("1500 руб.", "1500")]
    [InlineData("1 500,50 ₽", "1500.50")]
    [InlineData("500円", "500")]
    [InlineData("100元", "100")]
    [InlineData("฿250", "250")]
    [InlineData("250 บาท", "250")]
    [InlineData("د.إ 12.50", "12.50")]
    [InlineData("Rs. 500", "500")]
    [InlineData("Rs.1,500.00", "1500.00")]
    [InlineData("kr. 199,00", "199.00")]
    [InlineData("199,00 kr.", "199.00")]
    [InlineData("199 kr", "199")]
    [InlineData("Fr. 12.50", "12.50")]
    [InlineData("S/. 12.50", "12.50")]
    [InlineData("S/12.50", "12.50")]
    [InlineData("ca. 12,50 Euro", "12.50")]
    [InlineData("12.50 EUR/kg", "12.50")]
    [InlineData("12.50 (EUR)", "12.50")]
    [InlineData("(EUR) 12.50", "12.50")]
    [InlineData("EUR .50", "0.50")]
    [InlineData("$.50", "0.50")]
    // One comma: thousands before exactly three digits, else decimals.
    [InlineData("12,50", "12.50")]
    [InlineData("12,5", "12.5")]
    [InlineData("1,234", "1234")]
    [InlineData("12,345", "12345")]
    [InlineData("1234,567", "1234567")]
    [InlineData("1,2345", "1.2345")]
    [InlineData("0,99", "0.99")]
    [InlineData(",50", "0.50")]
    [InlineData("5,", "5")]
    [InlineData("5,00", "5.00")]
    // One dot: decimals, whatever follows.
    [InlineData("1.234", "1.234")]
    [InlineData("1.23 EUR", "1.23")]
    [InlineData("1.234 EUR", "1.234")]
    [InlineData("1.2345 EUR", "1.2345")]
    [InlineData("5. EUR", "5")]
    // Two kinds: the last is the decimal separator.
    [InlineData("1.234,50", "1234.50")]
    [InlineData("1,234.50", "1234.50")]
    [InlineData("1,234,567.89", "1234567.89")]
    [InlineData("1.234.567,89", "1234567.89")]
    [InlineData("1.234,5", "1234.5")]
    [InlineData("1.234,567", "1234.567")]
    [InlineData("1,234.567", "1234.567")]
    // One kind several times: groups of thousands.
    [InlineData("1,234,567", "1234567")]
    [InlineData("1.234.567", "1234567")]
    [InlineData("12,34,567", "1234567")]
    [InlineData("1,234,56", "1234.56")]
    [InlineData("1.234.56", "1234.56")]
    // Blanks and apostrophes of every kind.
    [InlineData("1 234,50", "1234.50")]
    [InlineData("1\u00A0234,50\u00A0€", "1234.50")]
    [InlineData("1\u202F234,50\u202F€", "1234.50")]
    [InlineData("1\u2009234.50", "1234.50")]
    [InlineData("1\t234", "1234")]
    [InlineData("12 345 678", "12345678")]
    [InlineData("1'234.50", "1234.50")]
    [InlineData("CHF 1’234.50", "1234.50")]
    [InlineData("1ʼ234,50", "1234.50")]
    [InlineData("\u200E12.50\u200F", "12.50")]
    [InlineData("  12,50  ", "12.50")]
    // Minus and parentheses.
    [InlineData("-12,50", "-12.50")]
    [InlineData("- 12,50 €", "-12.50")]
    [InlineData("12,50-", "-12.50")]
    [InlineData("12,50- EUR", "-12.50")]
    [InlineData("12.50 EUR-", "-12.50")]
    [InlineData("\u221212.50", "-12.50")]
    [InlineData("12.50\u2212", "-12.50")]
    [InlineData("–12.50", "-12.50")]
    [InlineData("-$5", "-5")]
    [InlineData("$-5", "-5")]
    [InlineData("€ -1.234,50", "-1234.50")]
    [InlineData("EUR-5", "-5")]
    [InlineData("(12.50)", "-12.50")]
    [InlineData("($1,234.50)", "-1234.50")]
    [InlineData("$(5)", "-5")]
    [InlineData("(5,00) EUR", "-5.00")]
    [InlineData("( 5 )", "-5")]
    // No cents.
    [InlineData("12,- EUR", "12")]
    [InlineData("12.-", "12")]
    [InlineData("CHF 12.--", "12")]
    [InlineData("12,–", "12")]
    // Digits of other scripts.
    [InlineData("١٬٢٣٤٫٥٠", "1234.50")]
    [InlineData("１２，５０", "12.50")]
    [InlineData("१२.५०", "12.50")]
    public void An_amount_is_read(string text, string expected) => (MoneyText.Parse(text)?.Text).Should().Be(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("EUR")]
    [InlineData("free")]
    [InlineData("N/A")]
    [InlineData("NaN")]
    [InlineData("-")]
    [InlineData(",")]
    [InlineData("$.")]
    [InlineData("()")]
    [InlineData("5%")]
    [InlineData("1/2")]
    [InlineData("12:50")]
    [InlineData("5-10")]
    [InlineData("5 - 10 EUR")]
    [InlineData("--5")]
    [InlineData("-5-")]
    [InlineData("-(5)")]
    [InlineData("+-5")]
    [InlineData("5+")]
    [InlineData("(5")]
    [InlineData("5)")]
    [InlineData("((5)")]
    [InlineData("1,2,3")]
    [InlineData("1.2.3")]
    [InlineData("1,234.567,89")]
    [InlineData("1.234,567.89")]
    [InlineData("12.50 24.00")]
    [InlineData("12.50 USD (11.30 EUR)")]
    [InlineData("12€50")]
    [InlineData("1O0")]
    [InlineData("1e400")]
    [InlineData("1,5e3")]
    [InlineData("#12")]
    [InlineData("12\n.\n5;6")]
    [InlineData("{\"amount\":5}")]
    [InlineData("😀")]
    [InlineData("\ud800")]
    public void Text_that_needs_a_guess_is_no_amount(string text) => MoneyText.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("12.50", "12.50")]
    [InlineData("\"12,50 €\"", "12.50")]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[12]", null)]
    [InlineData("{\"amount\":12}", null)]
    [InlineData("1e400", null)]
    public void Only_a_number_or_text_has_an_amount(string json, string? expected)
    {
        using var document = JsonTree.Parse(json);
        (MoneyText.Read(document.Root)?.Text).Should().Be(expected);
    }

    [Fact]
    public void Every_amount_in_every_usual_form_is_read_as_itself()
    {
        string[] cultures = ["en-US", "de-DE", "fr-FR", "de-CH", "pl-PL", "pt-BR", "sv-SE", "en-IN"];
        var amounts = ArbMap.Default.ArbFor<int>().Generator.Select(cents => cents / 100m);
        var forms = Gen.Elements<Func<string, string>>(
            text => text,
            text => "€" + text,
            text => "$ " + text,
            text => text + " EUR",
            text => text + "\u00A0kr.",
            text => "\t" + text + " "
        );
        Prop.ForAll(amounts.Zip(Gen.Elements(cultures)).Zip(forms).ToArbitrary(), row =>
            {
                var ((amount, culture), form) = row;
                var format = CultureInfo.GetCultureInfo(culture);
                var number = amount.ToString("N2", format);
                var written = form(number);
                return MoneyText.Parse(written)?.ToDecimal() == amount
                    ? true
                    : throw new InvalidOperationException($"{written} of {culture} is {amount}");
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_throws_and_what_is_read_is_a_JSON_number() =>
        Prop.ForAll(
                Gen.Elements("0123456789.,-−+()/ 'EUR€$%kr\u00A0\ud800٣(e".ToCharArray())
                    .ArrayOf()
                    .Select(characters => new string(characters))
                    .ToArbitrary(),
                text =>
                {
                    if (MoneyText.Parse(text) is { } number)
                    {
                        JsonDocument.Parse(number.Text).RootElement.ValueKind.Should().Be(JsonValueKind.Number);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
}
