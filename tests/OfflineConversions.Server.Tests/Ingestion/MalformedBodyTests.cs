using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>Bodies that are not JSON, or not an object or a list.</summary>
public sealed class MalformedBodyTests(OddInputService running) : IClassFixture<OddInputService>
{
    public static TheoryData<string, byte[]> Malformed =>
        new()
        {
            { "nothing", [] },
            { "blanks", " \r\n\t "u8.ToArray() },
            { "a mark and nothing", [0xEF, 0xBB, 0xBF] },
            { "no JSON", "hello"u8.ToArray() },
            { "a form", "a=1&b=2"u8.ToArray() },
            { "an end too early", "{\"batch\":[{\"a\":"u8.ToArray() },
            { "a trailing comma", "{\"batch\":[],}"u8.ToArray() },
            { "a trailing comma in a list", "[{},]"u8.ToArray() },
            { "garbage behind", "{\"batch\":[]}x"u8.ToArray() },
            { "two bodies", "{} {}"u8.ToArray() },
            { "NUL behind", "{}\0"u8.ToArray() },
            { "a comment", "{/* c */}"u8.ToArray() },
            { "a line comment", "{} // c"u8.ToArray() },
            { "single quotes", "{'a':1}"u8.ToArray() },
            { "no quotes", "{a:1}"u8.ToArray() },
            { "NaN", "{\"a\":NaN}"u8.ToArray() },
            { "Infinity", "{\"a\":-Infinity}"u8.ToArray() },
            { "a hexadecimal number", "{\"a\":0x1F}"u8.ToArray() },
            { "a leading zero", "{\"a\":01}"u8.ToArray() },
            { "a leading plus", "{\"a\":+1}"u8.ToArray() },
            { "no digit behind the point", "{\"a\":1.}"u8.ToArray() },
            { "a raw line feed in text", "{\"a\":\"b\nc\"}"u8.ToArray() },
            { "a raw NUL in text", "{\"a\":\"b\0c\"}"u8.ToArray() },
            { "an unknown escape", "{\"a\":\"\\x41\"}"u8.ToArray() },
            { "half an escape", "{\"a\":\"\\ud8\"}"u8.ToArray() },
            { "bytes that are no UTF-8 between tokens", [(byte)'{', 0xFF, (byte)'}'] },
            { "UTF-16 with its mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{\"batch\":[]}")] },
            {
                "UTF-16, big-endian, with its mark",
                [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("{\"batch\":[]}")]
            },
            { "UTF-16 without its mark", Encoding.Unicode.GetBytes("{\"batch\":[]}") },
            { "UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes("{\"batch\":[]}")] },
            { "201 levels", Encoding.ASCII.GetBytes(new string('[', 201) + new string(']', 201)) },
            {
                "5,000 levels",
                Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000))
            },
            { "5,000 levels without an end", Encoding.ASCII.GetBytes(new string('[', 5000)) },
            { "text at the top", "\"a\""u8.ToArray() },
            { "a number at the top", "1"u8.ToArray() },
            { "null at the top", "null"u8.ToArray() },
            { "true at the top", "true"u8.ToArray() },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_body_that_is_not_JSON_or_holds_no_object_is_refused_with_400_by_every_source(
        string what,
        byte[] body
    )
    {
        foreach (var source in SourceName.All)
        {
            (await running.PostAsync(source, body)).Status.Should().Be(400, $"{what} was posted to {source}");
        }
    }
}
