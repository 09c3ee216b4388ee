using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Architecture;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox.Postgres;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests;

/// <summary>The pages say what the code does.</summary>
public partial class DocumentationTests
{
    private static readonly string[] Posted = ["POST", "PUT", "PATCH"];

    public static TheoryData<string> Pages => [.. DocumentationPage.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_and_anchor_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DocumentationPage.Root, page))!;
        var broken = new DocumentationPage(page)
            .Links.Where(link => !link.Contains("://", StringComparison.Ordinal))
            .Where(link =>
            {
                var (target, anchor) = link.Split('#') is [var path, var name] ? (path, name) : (link, string.Empty);
                var file = target.Length > 0 ? Path.GetFullPath(Path.Combine(folder, target)) : Full(page);
                return !Path.Exists(file)
                    || (anchor.Length > 0 && !new DocumentationPage(file).Anchors.Contains(anchor));
            });
        broken.Should().BeEmpty();
    }

    [Fact]
    public void Every_page_that_the_code_names_exists()
    {
        var named = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Full(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Concat([Full("Dockerfile"), Full("docker-compose.yml"), Full("Directory.Packages.props")])
            .Concat(Directory.EnumerateFiles(Full("deploy"), "*", SearchOption.AllDirectories))
            .SelectMany(file => PageName().Matches(File.ReadAllText(file)))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        named.Should().HaveCountGreaterThan(5);
        named.Where(page => !File.Exists(Full(page))).Should().BeEmpty();
    }

    [Theory]
    [InlineData("post-to-disk")]
    [InlineData("disk-to-settled")]
    public void The_README_follows_an_event_through_at_most_nine_files(string table) =>
        new DocumentationPage("README.md")
            .Table(table)
            .SelectMany(row => SourceFile().Matches(string.Join(' ', row)))
            .Should()
            .HaveCountLessThanOrEqualTo(9)
            .And.HaveCountGreaterThan(4);

    [Theory]
    [InlineData("docs/reference/guarantees.md")]
    [InlineData("SECURITY.md")]
    public void Every_test_that_proves_a_promise_exists(string page)
    {
        var named = TestName()
            .Matches(new DocumentationPage(page).Text)
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var code = string.Join(
            '\n',
            Directory.EnumerateFiles(Full("tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
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

    [Fact]
    public void The_page_of_reasons_prints_the_catalogue()
    {
        var page = new DocumentationPage("docs/reference/reasons.md");
        page.Table("reasons")
            .Concat(page.Table("delivery"))
            .Select(row => (DocumentationPage.Name(row[0]), row[1], row[2], row[3], row[4]))
            .Should()
            .Equal(Printed(entry => entry.Kind != ReasonKind.Warning));
        page.Table("warnings")
            .Select(row => (DocumentationPage.Name(row[0]), "warning", row[1], row[2], row[3]))
            .Should()
            .Equal(Printed(entry => entry.Kind == ReasonKind.Warning));

        static IEnumerable<(string, string, string, string, string)> Printed(Func<ReasonEntry, bool> which) =>
            ReasonCatalogue
                .All.Where(which)
                .Select(entry =>
                    (entry.Code, entry.Kind.ToString().ToLowerInvariant(), entry.Meaning, entry.Cause, entry.Remedy)
                );
    }

    [Fact]
    public void The_reasons_of_the_failed_list_are_the_delivery_reasons_of_that_kind()
    {
        var failed = new DocumentationPage("docs/reference/reasons.md")
            .Table("delivery")
            .Where(row => row[1] == "failed")
            .Select(row => DocumentationPage.Name(row[0]));
        new DocumentationPage("docs/reference/guarantees.md").Names("failed").Should().BeEquivalentTo(failed);
    }

    [Fact]
    public async Task The_page_of_metrics_lists_every_metric_with_its_kind_and_labels_and_no_other()
    {
        await using var service = await MeasuredService.StartAsync();
        MetricsShouldBe("metrics", (await service.ReadAsync()).Metrics);
    }

    [Fact]
    public async Task The_page_of_metrics_lists_those_of_a_database_and_no_other()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var service = await ServiceUnderTest.StartAsync(database: database);
        MetricsShouldBe(
            "metrics-postgresql",
            (await MetricsPage.ReadAsync(service.Http)).Metrics.Where(metric =>
                metric.Name.StartsWith("offlineconversions_database_", StringComparison.Ordinal)
            )
        );
    }

    private static void MetricsShouldBe(string table, IEnumerable<MetricOnPage> metrics)
    {
        new DocumentationPage("docs/reference/metrics.md")
            .Table(table)
            .Select(row => (row[0].Trim('`'), row[1], Sorted(row[2].Trim('–').Split(", "))))
            .Should()
            .BeEquivalentTo(metrics.Select(metric => (metric.Name, metric.Kind, Sorted(Labels(metric)))));

        static string Sorted(IEnumerable<string> labels) => string.Join(' ', labels.Order(StringComparer.Ordinal));

        static IEnumerable<string> Labels(MetricOnPage metric) =>
            metric.Series.SelectMany(series => series.Labels.Keys).Distinct().Except(["le"]);
    }

    [Fact]
    public async Task The_page_of_the_HTTP_API_lists_every_route_and_no_other()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var page = new DocumentationPage("docs/reference/http-api.md");
        var ingestion = page.Codes("ingestion").Where(code => code.StartsWith('/')).ToArray();
        var documented = ingestion
            .Concat(ingestion.Select(path => path[path.IndexOf('/', 1)..]).Distinct())
            .SelectMany(path =>
                path.Contains("/pixel/") ? [$"GET {path}"] : Posted.Select(method => $"{method} {path}")
            )
            .Concat(page.Codes("operator"));
        Routes(service.Services).Should().BeEquivalentTo(documented);
    }

    [Fact]
    public void The_page_of_the_architecture_states_the_dependencies_that_are_checked() =>
        new DocumentationPage("docs/architecture.md")
            .Table("server")
            .Select(row => $"{row[0].Trim('`')}: {row[1].Replace("`", string.Empty, StringComparison.Ordinal)}")
            .Should()
            .BeEquivalentTo(
                ArchitectureTests
                    .ServerFolders.Select(row => ((string)row[0], (string)row[1]))
                    .Where(row => row.Item1.Length > 0) // Program
                    .Select(row => $"{row.Item1}: {Allowed(row.Item2)}")
            );

    [Fact]
    public void The_page_of_the_architecture_lists_every_package_and_no_other() =>
        new DocumentationPage("docs/architecture.md")
            .Codes("packages")
            .Should()
            .BeEquivalentTo(
                XDocument
                    .Load(Full("Directory.Packages.props"))
                    .Descendants("PackageVersion")
                    .Select(package => package.Attribute("Include")!.Value)
            );

    private static IEnumerable<string> Routes(IServiceProvider services) =>
        services
            .GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                    .Where(method => method is not ("OPTIONS" or "HEAD"))
                    .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")
            )
            // Routes whose only response is that they are not served.
            .Where(route => !route.Contains("{key}", StringComparison.Ordinal))
            .Where(route => !route.Contains(" /sandbox", StringComparison.Ordinal))
            .Where(route => !route.Contains(" /console", StringComparison.Ordinal)) // pages, not routes of the API
            .Where(route => !route.Contains("{version:", StringComparison.Ordinal)) // the sandbox's stand-in for Meta
            .Select(route => route.Replace("{documentName}", "v1", StringComparison.Ordinal))
            .Select(route => route.Replace("{**", "{", StringComparison.Ordinal));

    private static string Allowed(string folders) =>
        folders switch
        {
            "*" => "everything",
            "" => "–",
            _ => folders.Replace(" ", ", ", StringComparison.Ordinal),
        };

    private static string Full(string path) => Path.Combine(DocumentationPage.Root, path);

    [GeneratedRegex(@"\bdocs/[a-z/-]+\.md\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PageName();

    [GeneratedRegex(@"\]\(src/[^)]+\.cs\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"`(?<name>[A-Z]\w*?_\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();
}
