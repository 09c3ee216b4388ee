using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

public class NumberTests
{
    [Theory]
    [InlineData("123.45", "123.45")]
    [InlineData("19", "19")]
    [InlineData("19.90", "19.90")]
    [InlineData("1.5E+3", "1.5E+3")]
    [InlineData("-0", "-0")]
    [InlineData("7.9228162514264337593543950335", "7.9228162514264337593543950335")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("\"123.45\"", "123.45")]
    [InlineData("\" 1e2 \"", "1e2")]
    [InlineData("\"+5\"", "5")]
    [InlineData("\".5\"", "0.5")]
    [InlineData("\"5.\"", "5")]
    [InlineData("\"007\"", "7")]
    [InlineData("1e400", null)]
    [InlineData("\"1,234.50\"", null)]
    [InlineData("\"12 EUR\"", null)]
    [InlineData("\"0x10\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[1]", null)]
    public void A_number_stays_itself(string json, string? expected)
    {
        using var document = JsonTree.Parse(json);
        Number.Read(document.Root)?.Text.Should().Be(expected);
        (Number.Read(document.Root) is null).Should().Be(expected is null);
    }
}
