using OfflineConversions.Cli.Output;

namespace OfflineConversions.Cli.Tests.Output;

public class SafeTextTests
{
    [Theory]
    [InlineData("Order Completed", "Order Completed")]
    [InlineData("Größe 👗 日本", "Größe 👗 日本")]
    [InlineData("a\u001b]0;title\u0007b", "a�]0;title�b")]
    [InlineData("line\nbreak\ttab", "line�break�tab")]
    [InlineData("\u202eevil", "�evil")]
    [InlineData("\u009b2J", "�2J")]
    [InlineData("", "–")]
    [InlineData(null, "–")]
    public void What_a_terminal_would_obey_is_replaced(string? text, string shown) =>
        SafeText.Of(text).Should().Be(shown);
}
