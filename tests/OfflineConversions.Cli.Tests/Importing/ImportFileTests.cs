using OfflineConversions.Cli.Importing;

namespace OfflineConversions.Cli.Tests.Importing;

public sealed class ImportFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offline-conversions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("sales.csv", null, "text/csv")]
    [InlineData("SALES.CSV.GZ", null, "text/csv")]
    [InlineData("archive.ndjson.zst", null, "application/x-ndjson")]
    [InlineData("archive.jsonl", null, "application/x-ndjson")]
    [InlineData("export.txt", null, "application/octet-stream")]
    [InlineData("export.txt", "csv", "text/csv")]
    [InlineData("sales.csv", "ndjson", "application/x-ndjson")]
    public async Task The_type_is_that_of_the_option_else_that_of_the_name(string name, string? type, string media)
    {
        await File.WriteAllTextAsync(PathOf(name), "x");

        ImportFile.Find(PathOf(name), type).Value.Type.Should().Be(media);
    }

    [Fact]
    public async Task The_id_is_the_same_for_the_same_file_and_another_one_for_any_other()
    {
        var large = new string('a', 3_000_000);
        var first = await IdAsync("one", large);

        (await IdAsync("copy", large)).Should().Be(first);
        (await IdAsync("longer", large + "a")).Should().NotBe(first);
        (await IdAsync("beginning", "b" + large[1..])).Should().NotBe(first);
        (await IdAsync("end", large[1..] + "b")).Should().NotBe(first);
        (await IdAsync("one", large, "other")).Should().NotBe(first);
        (await IdAsync("empty", "")).Should().MatchRegex("^[A-Za-z0-9_-]{1,64}$");
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var failure = ImportFile.Find(PathOf("nothing.csv"), null).Failure!;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().Contain("nothing.csv");
    }

    private async Task<string> IdAsync(string name, string content, string connection = "tills")
    {
        await File.WriteAllTextAsync(PathOf(name), content);
        return await ImportFile.Find(PathOf(name), null).Value.IdAsync(connection, CancellationToken.None);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
