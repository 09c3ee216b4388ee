namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>The rules of style that neither the formatter nor an analyzer checks.</summary>
public sealed class DialectTests
{
    private const int MostLines = 250;
    private const int MostColumns = 120;

    private static readonly IReadOnlyList<SourceFile> Source = SourceTree.Below("src");

    /// <summary>The source and every test project.</summary>
    public static TheoryData<string> Folders =>
        ["src", .. SourceTree.FoldersIn("tests").Select(name => $"tests/{name}")];

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_file_has_more_than_250_lines(string folder) =>
        SourceTree
            .Below(folder)
            .Where(file => file.Lines.Count > MostLines)
            .Select(file => $"{file.Path}: {file.Lines.Count}")
            .Should()
            .BeEmpty();

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_line_is_longer_than_120_columns(string folder) =>
        (
            from file in SourceTree.Below(folder)
            from line in file.Lines.Index()
            where line.Item.Length > MostColumns
            select $"{file.Path}:{line.Index + 1}: {line.Item.Length}"
        )
            .Should()
            .BeEmpty();

    [Fact]
    public void The_median_file_of_the_source_has_between_40_and_80_lines() =>
        Source.Select(file => file.Lines.Count).Order().ElementAt(Source.Count / 2).Should().BeInRange(40, 80);

    [Fact]
    public void A_namespace_is_its_folder() =>
        (
            from file in Source
            let expected = Path.GetDirectoryName(file.Path)!.Replace('\\', '/')["src/".Length..].Replace('/', '.')
            from line in file.Lines
            where line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {expected};"
            select $"{file.Path}: {line}"
        )
            .Should()
            .BeEmpty();

    [Fact]
    public void The_server_is_an_executable_so_its_types_are_internal() =>
        typeof(Program).Assembly.GetExportedTypes().Should().Equal(typeof(Program));
}
