using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

/// <summary>The output equals that of the framework's writer.</summary>
public sealed class JsonOutputTests
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Every_character_is_written_as_the_framework_writes_it()
    {
        for (var character = 0; character <= char.MaxValue; character++)
        {
            Same($"a{(char)character}b");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("New Orleans, Canal Street & <b>'Q+A'</b>/`~^")]
    [InlineData("a \"quoted\" text\\with\ta tab\r\n")]
    [InlineData("café 😀 Straße 東京")]
    [InlineData("half of a \ud83d pair")]
    [InlineData("\ude00")]
    public void Texts_are_written_as_the_framework_writes_them(string text) => Same(text);

    [Fact]
    public void Long_texts_let_the_output_grow()
    {
        var output = new JsonOutput(usualBytes: 1);
        output.StartArray();
        output.Text(new string('x', 10_000));
        output.Text(new string('ä', 10_000));
        output.Text(Encoding.UTF8.GetBytes(new string('y', 10_000)));
        output.EndArray();

        Text(output)
            .Should()
            .Be($"""["{new string('x', 10_000)}","{new string('ä', 10_000)}","{new string('y', 10_000)}"]""");
    }

    [Fact]
    public void Commas_are_between_values_and_members_only()
    {
        var output = new JsonOutput(usualBytes: 16);
        for (var again = 0; again < 2; again++)
        {
            output.Clear();
            output.StartObject();
            output.Number("n"u8, -17L);
            output.StartArray("list"u8);
            output.StartObject();
            output.EndObject();
            output.StartObject();
            output.Text("a"u8, "b");
            output.Text("absent"u8, value: null);
            output.EndObject();
            output.EndArray();
            output.StartObject("o"u8);
            output.EndObject();
            output.Name("free \"name\"");
            output.Raw("[1,2]"u8);
            output.Number("price"u8, Number.Parse("1.50"));
            output.Number("absent"u8, value: null);
            output.List("texts"u8, ["x", "y"]);
            output.List("none"u8, []);
            output.EndObject();
        }

        Text(output)
            .Should()
            .Be("""{"n":-17,"list":[{},{"a":"b"}],"o":{},"free \"name\"":[1,2],"price":1.50,"texts":["x","y"]}""");
    }

    private static void Same(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var framework = new Utf8JsonWriter(buffer, Options))
        {
            framework.WriteStartObject();
            framework.WriteString(text, text);
            framework.WriteEndObject();
        }

        var output = new JsonOutput(usualBytes: 1);
        output.StartObject();
        output.Name(text);
        output.Text(text);
        output.EndObject();
        Text(output).Should().Be(Encoding.UTF8.GetString(buffer.WrittenSpan));
        if (!text.Any(char.IsSurrogate))
        {
            output.Clear();
            output.Text(Encoding.UTF8.GetBytes(text));
            Text(output).Should().Be(Encoding.UTF8.GetString(buffer.WrittenSpan)[(Text(output).Length + 2)..^1]);
        }
    }

    private static string Text(JsonOutput output) => Encoding.UTF8.GetString(output.Written);
}
