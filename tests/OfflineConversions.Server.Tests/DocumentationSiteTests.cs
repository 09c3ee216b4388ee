using System.Net;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests;

/// <summary>The site that <c>build/site</c> makes of the pages.</summary>
public sealed partial class DocumentationSiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_page_of_the_documentation_is_in_the_table_of_contents_once()
    {
        var listed = Groups().SelectMany(group => group).ToArray();

        listed.Should().OnlyHaveUniqueItems();
        listed.Should().OnlyContain(page => File.Exists(Path.Combine(DocumentationPage.Root, page)));
        DocumentationPage
            .All.Where(page => page.StartsWith("docs/", StringComparison.Ordinal))
            .Except(listed)
            .Should()
            .BeEmpty();
    }

    [Fact]
    public void Each_group_of_the_table_of_contents_has_the_order_of_the_page_that_says_what_to_read()
    {
        var order = new DocumentationPage("docs/README.md").Links.Select(FromDocs).Distinct().ToList();

        foreach (var group in Groups())
        {
            var pages = group.Where(page => page != "docs/README.md").ToArray();
            pages.Should().OnlyContain(page => order.Contains(page));
            pages.Should().Equal(pages.OrderBy(order.IndexOf));
        }
    }

    [ToolFact("docfx")]
    public async Task Every_link_of_the_site_leads_somewhere_and_nothing_is_loaded_from_elsewhere()
    {
        await Shell.RunAsync($"build/site '{_folder.File("site")}'");

        var pages = Directory
            .EnumerateFiles(_folder.File("site"), "*.html", SearchOption.AllDirectories)
            .ToDictionary(file => file, File.ReadAllText, StringComparer.Ordinal);
        var anchors = pages.ToDictionary(page => page.Key, page => Anchors(page.Value), StringComparer.Ordinal);
        pages.Should().HaveCountGreaterThan(100);
        pages.SelectMany(page => Loaded().Matches(page.Value)).Should().BeEmpty();
        pages
            .SelectMany(page =>
                Links(page.Value).Where(link => !Leads(page.Key, link)).Select(link => (page.Key, link))
            )
            .Should()
            .BeEmpty();

        bool Leads(string page, string link)
        {
            var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, string.Empty);
            var target = path.Length > 0 ? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path)) : page;
            return anchors.TryGetValue(target, out var there)
                ? anchor.Length == 0 || there.Contains(anchor)
                : File.Exists(target);
        }
    }

    /// <summary>The pages of each group, relative to the repository's folder.</summary>
    private static string[][] Groups() =>
        [
            .. File.ReadAllText(Path.Combine(DocumentationPage.Root, "docs/toc.yml"))
                .Split("\n- ")
                .Select(group => Entry().Matches(group).Select(match => FromDocs(match.Groups["page"].Value)).ToArray())
                .Where(group => group.Length > 0),
        ];

    private static string FromDocs(string link) =>
        Path.GetRelativePath(
            DocumentationPage.Root,
            Path.GetFullPath(Path.Combine(DocumentationPage.Root, "docs", link.Split('#')[0]))
        );

    private static HashSet<string> Anchors(string html) =>
        [.. Id().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups["id"].Value))];

    private static IEnumerable<string> Links(string html) =>
        Link()
            .Matches(html)
            .Select(match => Uri.UnescapeDataString(WebUtility.HtmlDecode(match.Groups["target"].Value)))
            .Where(target => target is not ("" or "#") && !target.Contains(':', StringComparison.Ordinal))
            .Distinct();

    [GeneratedRegex(@"^ +href: (?<page>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entry();

    [GeneratedRegex(@"\sid=""(?<id>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\s(href|src)=""(?<target>[^""]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(
        @"<(script|img|iframe)[^>]* src=""(https?:)?//|<link[^>]* href=""(https?:)?//",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Loaded();
}
