using System.IO.Compression;
using System.Text;
using System.Text.Json;
using OfflineConversions.Cli.Previewing;

namespace OfflineConversions.Cli.Tests.Previewing;

/// <summary>The first events of a file, whatever it looks like.</summary>
public class PreviewBodyTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""[{"a":1},{"a":2},{"a":3}]""", """[{"a":1},{"a":2}]""")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", """[{"a":1},{"a":2}]""")]
    public async Task JSON_and_lines_of_JSON_become_a_body(string file, string body) =>
        JsonSerializer.Serialize((await ReadAsync(Encoding.UTF8.GetBytes(file))).Value.Json).Should().Be(body);

    [Theory]
    [InlineData(null, "Sales\n\na,b\n1,2\n", "Sales\n\na,b\n1,2\n")]
    [InlineData('|', "a|b\n1|2\n", "sep=|\na|b\n1|2\n")]
    public async Task A_table_is_left_to_the_service(char? separator, string file, string table) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(file), separator)).Value.Table.Should().Be(table);

    [Fact]
    public async Task Of_a_long_table_whole_rows_are_sent()
    {
        var table = (
            await ReadAsync(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1234,5\n", 100_000))))
        )
            .Value
            .Table!;

        (table.Length, table.EndsWith("\n1234,5", StringComparison.Ordinal)).Should().Be((3 + (7 * 74_897), true));
    }

    [Fact]
    public async Task Every_usual_encoding_is_read_and_gzip_too()
    {
        var file = "name,b\nJörg,1\n";
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Latin1, Encoding.Unicode })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(file)];
            (await ReadAsync(bytes)).Value.Table.Should().Be(file);
        }

        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(file));
        }

        (await ReadAsync(packed.ToArray())).Value.Table.Should().Be(file);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":")]
    public async Task A_file_without_events_is_refused(string file) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(file))).Failure!.Code.Should().Be(ExitCode.Usage);

    private static Task<Result<PreviewBody>> ReadAsync(byte[] file, char? separator = null) =>
        PreviewBody.ReadAsync(new MemoryStream(file), rows: 2, separator, CancellationToken.None);
}
