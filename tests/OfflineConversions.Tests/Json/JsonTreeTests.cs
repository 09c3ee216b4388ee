using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

/// <summary>The tree accepts what the framework's document accepts, and finds the same values in it.</summary>
public sealed class JsonTreeTests
{
    private const string Pieces = "{}[]\",:\\ \t\n\r0123456789-+.eEtrufalsn/b\u0001\u001f\u007fä€😀x";

    private static readonly string[] Texts =
    [
        """{"a":1,"b":[true,false,null,{}],"c":{"d":"e","":""}}""",
        """ [ ] """,
        """{"name":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t","\u0061":-0.0e+10}""",
        """[0,-0,1.5,1E5,1e-5,123456789012345678901234567890]""",
        """[[[[[]]]],{"x":[{"y":[[],{}]}]}]""",
        "\"a text that is longer than a vector of thirty-two bytes, with an ä and a \\u00e4 in it\"",
        "[\"\",\"a\",\"exactly thirty-one bytes of text\",\"exactly thirty-two bytes of texts\"]",
        "{\r\n\t\t\"a\" :                                    1,\n                \"b\":[\n  ]\n\n}      ",
        "7",
        "true",
    ];

    [Fact]
    public void Of_a_tree_that_is_disposed_of_twice_no_two_others_get_the_same_memory()
    {
        var disposed = JsonTree.Parse("{}");
        disposed.Dispose();
        using var first = JsonTree.Parse("{}");
        disposed.Dispose();
        using var second = JsonTree.Parse("{}");

        first.Scratch.Should().NotBeSameAs(second.Scratch);
        first.Rows.Should().NotBeSameAs(second.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\"}")]
    [InlineData("{a:1}")]
    [InlineData("{1:1}")]
    [InlineData("[1 2]")]
    [InlineData("[}")]
    [InlineData("{\"a\":1]")]
    [InlineData("1 2")]
    [InlineData("[],")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("tru")]
    [InlineData("truex")]
    [InlineData("nul")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\")]
    [InlineData("\"a\nb\"")]
    [InlineData("[1]/* remark */")]
    [InlineData("\uFEFF[]")]
    [InlineData("NaN")]
    public void What_is_not_JSON_is_refused_with_the_words_of_the_framework(string text)
    {
        var framework = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));

        Assert.ThrowsAny<JsonException>(() => JsonTree.Parse(text)).Message.Should().Be(framework.Message);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void A_text_may_be_nested_as_deeply_as_the_limit_says(int depth, bool isAllowed)
    {
        var text = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Tree(text).Should().Be(isAllowed ? Encoding.UTF8.GetString(text) : null);
        Document(text).Should().Be(Tree(text));
    }

    [Fact]
    public void Any_change_of_a_text_is_read_as_the_framework_reads_it()
    {
        var random = new Random(4711);
        for (var run = 0; run < 60_000; run++)
        {
            var text = Encoding.UTF8.GetBytes(Changed(Texts[run % Texts.Length], random));
            if (run % 10 == 0)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            Tree(text).Should().Be(Document(text), Convert.ToHexString(text));
        }
    }

    [Fact]
    public void A_tree_of_many_values_grows()
    {
        var text = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("[]", 5000))}]");

        Tree(text).Should().Be(Encoding.UTF8.GetString(text));
    }

    private static string Changed(string text, Random random)
    {
        var changed = new StringBuilder(text);
        for (var left = random.Next(4); left > 0; left--)
        {
            var at = random.Next(changed.Length + 1);
            var piece = Pieces.EnumerateRunes().ElementAt(random.Next(Pieces.EnumerateRunes().Count())).ToString();
            _ = random.Next(3) switch
            {
                0 => changed.Insert(at, piece),
                1 when at < changed.Length => changed.Remove(at, 1),
                _ when at < changed.Length => changed.Remove(at, 1).Insert(at, piece),
                _ => changed,
            };
        }

        return changed.Length == 0 ? " " : changed.ToString();
    }

    /// <summary>Every name and value, written again; null where the text is not JSON.</summary>
    private static string? Tree(byte[] text)
    {
        try
        {
            using var tree = JsonTree.Parse(text);
            return Written(tree.Root);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Document(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonLimits.Document);
            return Written(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Written(JsonPart part) =>
        part.ValueKind switch
        {
            JsonValueKind.Object => $"{{{string.Join(',', part.EnumerateObject().Select(Written))}}}",
            JsonValueKind.Array => $"[{string.Join(',', part.EnumerateArray().Select(Written))}]",
            var kind => $"{kind} {Hex(part.Utf8)}",
        };

    private static string Written(JsonMember member) => $"{Hex(member.RawName)}:{Written(member.Value)}";

    private static string Written(JsonElement part) =>
        part.ValueKind switch
        {
            JsonValueKind.Object => $"{{{string.Join(',', part.EnumerateObject().Select(Written))}}}",
            JsonValueKind.Array => $"[{string.Join(',', part.EnumerateArray().Select(Written))}]",
            var kind => $"{kind} {Hex(JsonMarshal.GetRawUtf8Value(part))}",
        };

    private static string Written(JsonProperty member) =>
        $"{Hex(JsonMarshal.GetRawUtf8PropertyName(member))}:{Written(member.Value)}";

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
