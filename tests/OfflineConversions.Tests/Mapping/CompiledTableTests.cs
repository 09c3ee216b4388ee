using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Tests.Mapping;

public class CompiledTableTests
{
    private static readonly FieldTable Table = new()
    {
        [Field.Email] = ["traits.email", "context.traits.email", "items.1.email"],
        [Field.Products] = ["items"],
        [Field.City] = ["traits.address.city"],
    };

    [Theory]
    [InlineData("""{"traits":{"email":"a"},"context":{"traits":{"email":"b"}}}""", "a")]
    [InlineData("""{"context":{"traits":{"email":"b"}},"traits":{"email":null}}""", "b")]
    [InlineData(
        """{"traits":{"email":""},"context":{"traits":{"email":" "}},"items":[{"email":"x"},{"email":"c"}]}""",
        "c"
    )]
    [InlineData("""{"traits":{"email":{"not":"text"}},"context":{"traits":{"email":"b"}}}""", "b")]
    [InlineData("""{"traits":{"\u0065mail":"a"}}""", "a")]
    [InlineData("""{"traits":{"email":"\u0041"}}""", "A")]
    [InlineData("""{"traits":{"email":"first","email":"last"}}""", "last")]
    [InlineData("""{"traits":{"email":"first"},"traits":{}}""", null)]
    [InlineData("""{"traits":{"email":"first"},"traits":7}""", null)]
    [InlineData("""{"traits":{"\ud800":"x","email":"a"}}""", "a")]
    [InlineData("""{"traits":{"email":"\ud800"}}""", null)]
    [InlineData("""{"traits":[{"email":"a"}]}""", null)]
    [InlineData("""{"TRAITS":{"email":"a"}}""", null)]
    [InlineData("[]", null)]
    public void The_first_non_empty_path_wins(string json, string? expected)
    {
        using var document = JsonTree.Parse(json);
        new CompiledTable(Table).Read(document.Root).Text(Field.Email).Should().Be(expected);
    }

    [Fact]
    public void Names_may_be_compared_without_case()
    {
        using var document = JsonTree.Parse("""{"Traits":{"EMAIL":"a"}}""");
        new CompiledTable(Table, ignoreCase: true).Read(document.Root).Text(Field.Email).Should().Be("a");
    }

    [Fact]
    public void A_field_and_a_path_below_it_are_both_read()
    {
        using var document = JsonTree.Parse("""{"items":[{},{"email":"c"}]}""");
        var values = new CompiledTable(Table).Read(document.Root);
        values.Element(Field.Products).GetArrayLength().Should().Be(2);
        values.Text(Field.Email).Should().Be("c");
    }
}
