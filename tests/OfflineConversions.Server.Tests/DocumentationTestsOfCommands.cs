using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests;

/// <summary>The commands of the pages parse, and name only what exists.</summary>
public partial class DocumentationTestsOfCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static TheoryData<string> PagesWithCommands =>
        [.. DocumentationPage.All.Where(page => new DocumentationPage(page).Commands.Any())];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task Every_block_of_commands_is_a_script(string page)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no bash
        }

        foreach (var block in new DocumentationPage(page).Commands)
        {
            await Shell.RunAsync($"bash -n <<'END_OF_BLOCK'\n{block}END_OF_BLOCK\n");
        }
    }

    [Theory]
    [MemberData(nameof(DocumentationTests.Pages), MemberType = typeof(DocumentationTests))]
    public void Every_file_of_the_repository_that_a_page_names_exists(string page) =>
        Matches(page, RepositoryPath())
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal)) // what a build makes
            .Where(path => !Path.Exists(Path.Combine(DocumentationPage.Root, path)))
            .Should()
            .BeEmpty();

    [Theory]
    [MemberData(nameof(DocumentationTests.Pages), MemberType = typeof(DocumentationTests))]
    public void Every_route_that_a_command_calls_is_on_the_page_of_the_HTTP_API(string page)
    {
        var documented = new DocumentationPage("docs/reference/http-api.md")
            .Codes("operator")
            .Select(code => code[(code.IndexOf(' ') + 1)..])
            .Where(route => route.StartsWith("/api/", StringComparison.Ordinal))
            .Select(route => new Regex($"^{Parameter().Replace(route, "[^/]+")}$", RegexOptions.None, Patience))
            .ToArray();
        documented.Should().HaveCountGreaterThan(20);
        Matches(page, CalledPath()).Where(path => !documented.Any(route => route.IsMatch(path))).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public void A_page_whose_commands_need_an_address_and_a_key_says_what_they_are(string page)
    {
        var commands = string.Concat(new DocumentationPage(page).Commands);
        if (commands.Contains("$HOST", StringComparison.Ordinal))
        {
            new DocumentationPage(page).Text.Should().MatchRegex(@"HOST=\w+|`HOST` and `KEY` as in \[operate\]");
        }
    }

    private static IEnumerable<string> Matches(string page, Regex expression) =>
        new DocumentationPage(page)
            .Commands.Concat(new DocumentationPage(page).InlineCode)
            .SelectMany(code => expression.Matches(code))
            .Select(match => match.Groups["path"].Value)
            .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        @"(?<![\w./])(?<path>(build|deploy|src|tests|\.ci)/[\w./-]*\w)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"curl [^\n]*?(?<path>/api/[\w/.%-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CalledPath();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
