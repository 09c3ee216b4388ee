using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests;

/// <summary>The pages say what the code does.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(DocumentationPage.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(DocumentationPage.Root, file))
                .Concat(["README.md", "CHANGELOG.md", "SECURITY.md"])
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DocumentationPage.Root, page))!;
        var targets = Link()
            .Matches(new DocumentationPage(page).Text)
            .Select(match => match.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Select(target => Path.GetFullPath(Path.Combine(folder, target)));
        targets
            .Where(target => !Path.Exists(target))
            .Select(target => Path.GetRelativePath(DocumentationPage.Root, target))
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("docs/reference/guarantees.md")]
    [InlineData("SECURITY.md")]
    public void Every_test_that_holds_a_promise_exists(string page)
    {
        var named = TestName()
            .Matches(new DocumentationPage(page).Text)
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var code = string.Join(
            '\n',
            Directory
                .EnumerateFiles(Path.Combine(DocumentationPage.Root, "tests"), "*.cs", SearchOption.AllDirectories)
                .Select(File.ReadAllText)
        );
        named.Should().HaveCountGreaterThan(30);
        named
            .Where(name =>
                !Regex.IsMatch(
                    code,
                    $@"public (async )?(Task|void) {name}\(",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(10)
                )
            )
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("docs/guides/operate.md", "reasons", typeof(Reason))]
    [InlineData("docs/guides/operate.md", "warnings", typeof(Warning))]
    [InlineData("docs/guides/operate.md", "delivery", typeof(FailureReason))]
    public void A_table_of_codes_has_every_code_of_the_code(string page, string table, Type codes) =>
        new DocumentationPage(page).Names(table).Should().BeEquivalentTo(Codes(codes)).And.OnlyHaveUniqueItems();

    [Fact]
    public void What_leaves_an_event_on_the_failed_list_is_what_operations_calls_failed()
    {
        var failed = new DocumentationPage("docs/guides/operate.md")
            .Table("delivery")
            .Where(row => row[1] == "failed")
            .Select(row => row[0].Trim('`'));
        new DocumentationPage("docs/reference/guarantees.md").Names("failed").Should().BeEquivalentTo(failed);
    }

    [Fact]
    public async Task Every_metric_stands_on_the_page_with_its_kind_and_no_other_does()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var measured = service.Services.GetRequiredService<Measurements>().Collect(families => families);
        new DocumentationPage("docs/guides/operate.md")
            .Table("metrics")
            .Select(row => (row[0].Trim('`'), row[1]))
            .Should()
            .BeEquivalentTo(measured.Select(family => (family.Name, family.Kind.ToString().ToLowerInvariant())));
    }

    [Fact]
    public void Every_package_is_accounted_for()
    {
        var page = new DocumentationPage("docs/architecture.md").Text;
        var packages = XDocument
            .Load(Path.Combine(DocumentationPage.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")!.Value);
        packages.Where(package => !page.Contains($"`{package}`", StringComparison.Ordinal)).Should().BeEmpty();
    }

    private static IEnumerable<string> Codes(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<name>[A-Z]\w*?_\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();
}
