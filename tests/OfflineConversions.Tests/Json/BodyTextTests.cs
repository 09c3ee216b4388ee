using System.Text;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

public sealed class BodyTextTests
{
    [Theory]
    [InlineData("\"order-1\"", true)]
    [InlineData("\"  order 1 \"", true)]
    [InlineData("4711", true)]
    [InlineData("4711.0", false)]
    [InlineData("1.5", false)]
    [InlineData("1e3", false)]
    [InlineData("true", false)]
    [InlineData("\"caf\\u00e9\"", false)]
    [InlineData("\"Zürich\"", false)]
    [InlineData("\"a\\tb\"", false)]
    [InlineData("\"\\ud800\"", false)]
    [InlineData("\" \"", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("[1]", false)]
    public void A_value_reads_alike_as_a_slice_and_as_a_string(string json, bool isSlice)
    {
        using var tree = JsonTree.Parse(Encoding.UTF8.GetBytes($$"""{"before":1,"value":{{json}}}"""));
        var value = JsonText.Member(tree.Root, "value");

        var text = JsonText.Slice(value);

        text.Text.Should().Be(JsonText.Of(value));
        text.IsAbsent.Should().Be(JsonText.Of(value) is null);
        text.Ascii.IsEmpty.Should().Be(!isSlice);
    }

    [Fact]
    public void A_slice_of_a_part_of_an_array_is_where_the_body_is()
    {
        var body = "xx[\"order-1\"]xx"u8.ToArray();
        using var tree = JsonTree.Parse(body.AsMemory(2, body.Length - 4));

        JsonText.Slice(tree.Root[0]).ToString().Should().Be("order-1");
        Number.Read(JsonTree.Parse("[ 12.50 ]").Root[0])!.Value.Text.Should().Be("12.50");
    }

    [Fact]
    public void Texts_are_equal_if_they_read_alike()
    {
        using var tree = JsonTree.Parse("""["a","a","b"]""");
        var texts = tree.Root.EnumerateArray().Select(JsonText.Slice).ToArray();

        (texts[0] == texts[1]).Should().BeTrue();
        (texts[0] == "a").Should().BeTrue();
        (texts[0] != texts[2]).Should().BeTrue();
        (default(BodyText) == (string?)null).Should().BeTrue();
        texts[0].GetHashCode().Should().Be(((BodyText)"a").GetHashCode());
    }

    [Fact]
    public void An_absent_text_gives_way_to_another()
    {
        default(BodyText).Or("a").ToString().Should().Be("a");
        ((BodyText)"a").Or("b").ToString().Should().Be("a");
        default(BodyText).ToString().Should().BeEmpty();
    }
}
