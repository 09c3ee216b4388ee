using System.Runtime.CompilerServices;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// A page of the repository and its tables, which stand between markers: <c>&lt;!-- name --&gt;</c> to <c>&lt;!-- /name
/// --&gt;</c>.
/// </summary>
internal sealed class DocumentationPage(string path)
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The whole text.</summary>
    public string Text { get; } = File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The cells of the marked table's rows, head and rule left out, back-ticks taken off.</summary>
    public IReadOnlyList<string[]> Table(string name)
    {
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var from = Text.IndexOf(begin, StringComparison.Ordinal);
        var to = Text.IndexOf(end, StringComparison.Ordinal);
        from.Should().BeGreaterThan(-1, $"{path} has the table {name}");
        to.Should().BeGreaterThan(from, $"{path} ends the table {name}");
        return
        [
            .. Text[(from + begin.Length)..to]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(2)
                .Select(row => row.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim()).ToArray()),
        ];
    }

    /// <summary>What stands in back-ticks in the first column.</summary>
    public IReadOnlyList<string> Names(string table) => [.. Table(table).Select(row => row[0].Trim('`'))];

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
