using System.IO.Compression;
using System.Text;
using System.Text.Json;
using OfflineConversions.Cli.Previewing;

namespace OfflineConversions.Cli.Tests.Previewing;

/// <summary>The first events of a file, whatever it looks like.</summary>
public class PreviewBodyTests
{
    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", """[{"a":"1","b":"2"},{"a":"3","b":"4"}]""")]
    [InlineData("a;b\n\"1;\"\"x\"\"\";2\n", """[{"a":"1;\u0022x\u0022","b":"2"}]""")]
    [InlineData("a\tb\n1\t\n", """[{"a":"1"}]""")]
    [InlineData("\n a , b \n\n1,2\n", """[{"a":"1","b":"2"}]""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""[{"a":1},{"a":2},{"a":3}]""", """[{"a":1},{"a":2}]""")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", """[{"a":1},{"a":2}]""")]
    public async Task Tables_JSON_and_lines_of_JSON_become_a_body(string file, string body) =>
        JsonSerializer.Serialize((await ReadAsync(Encoding.UTF8.GetBytes(file))).Value).Should().Be(body);

    [Fact]
    public async Task Every_usual_encoding_is_read_and_gzip_too()
    {
        var file = "name,b\nJörg,1\n";
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Latin1, Encoding.Unicode })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(file)];
            (await ReadAsync(bytes)).Value[0].GetProperty("name").GetString().Should().Be("Jörg");
        }

        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(file));
        }

        (await ReadAsync(packed.ToArray())).Value[0].GetProperty("name").GetString().Should().Be("Jörg");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    [InlineData("{\"a\":")]
    public async Task A_file_without_events_is_refused(string file) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(file))).Failure!.Code.Should().Be(ExitCode.Usage);

    private static Task<Result<JsonElement>> ReadAsync(byte[] file) =>
        PreviewBody.ReadAsync(new MemoryStream(file), rows: 2, separator: null, CancellationToken.None);
}
