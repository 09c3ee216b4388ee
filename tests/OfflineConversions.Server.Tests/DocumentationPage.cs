using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// A Markdown page of the repository. Tables that a test compares with the code are between the markers
/// <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.
/// </summary>
internal sealed partial class DocumentationPage(string path)
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every page of the repository, relative to its folder.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "src"), "README.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The whole text.</summary>
    public string Text { get; } = File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The text without fenced code blocks.</summary>
    public string Prose => CodeBlock().Replace(Text, string.Empty);

    /// <summary>The blocks of commands for a shell.</summary>
    public IEnumerable<string> Commands =>
        CommandBlock()
            .Matches(Text)
            .Select(block =>
                block.Groups["code"].Value.Replace($"\n{block.Groups["indent"].Value}", "\n", StringComparison.Ordinal)
            );

    /// <summary>Everything in back-ticks in the text.</summary>
    public IEnumerable<string> InlineCode => Code().Matches(Prose).Select(match => match.Groups["code"].Value);

    /// <summary>The targets of the page's links: an address, a path, an anchor, or a path with an anchor.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors that GitHub gives to the page's headings.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (var heading in Heading().Matches(Prose).Select(match => match.Groups["text"].Value))
            {
                var anchor = Anchor(heading);
                for (var repeat = 1; !anchors.Add(anchor); repeat++)
                {
                    anchor = $"{Anchor(heading)}-{repeat}";
                }
            }

            return anchors;
        }
    }

    /// <summary>The cells of the marked table's rows, without the header, back-ticks included.</summary>
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

    /// <summary>The first column of the marked table, without back-ticks and links.</summary>
    public IReadOnlyList<string> Names(string table) => [.. Table(table).Select(row => Name(row[0]))];

    /// <summary>Everything in back-ticks in the first column of the marked table.</summary>
    public IReadOnlyList<string> Codes(string table) =>
        [.. Table(table).SelectMany(row => Code().Matches(row[0]).Select(match => match.Groups["code"].Value))];

    /// <summary>A cell without back-ticks and link.</summary>
    public static string Name(string cell) => LinkText().Replace(cell, "${text}").Trim('`');

    // GitHub: lower case; letters, digits, hyphens and underscores stay; blanks become hyphens; the rest goes.
    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder(heading.Length);
        foreach (var character in LinkText().Replace(heading, "${text}").Trim())
        {
            if (char.IsLetterOrDigit(character) || character is '-' or '_')
            {
                anchor.Append(char.ToLowerInvariant(character));
            }
            else if (character == ' ')
            {
                anchor.Append('-');
            }
        }

        return anchor.ToString();
    }

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [GeneratedRegex(
        "^```.*?^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex CodeBlock();

    // A block within a list is indented; a reader of the page copies it without.
    [GeneratedRegex(
        "^(?<indent> *)```sh\n\\k<indent>(?<code>.*?^)\\k<indent>```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex CommandBlock();

    [GeneratedRegex(@"\]\(<?(?<target>[^)\s>]+)>?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkText();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
