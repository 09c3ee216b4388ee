using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// The arrows of docs/architecture.md: which room may open the door of which. A room is a folder with the namespace of
/// its name.
/// </summary>
public partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(DocumentationPage.Root, "src");

    /// <summary>Every room of the core and the rooms it may use.</summary>
    public static TheoryData<string, string> Core =>
        new()
        {
            { "Conversions", "Mapping" }, // JsonText only: an event carries JSON values
            { "Checks", "Conversions Hashing Mapping Payload" },
            { "Hashing", "Conversions Checks" },
            { "Mapping", "Conversions Checks" },
            { "Payload", "Conversions Hashing Checks Mapping" },
            { "Sources", "Conversions Hashing Checks Mapping Payload" }, // MatchKeyTable only: Commanders Act writes Meta's names
        };

    /// <summary>Every room of the server and the rooms it may use.</summary>
    public static TheoryData<string, string> Server =>
        new()
        {
            { "Connections", "" },
            { "Outbox", "Connections" },
            { "Graph", "Connections" },
            { "Delivery", "Connections Outbox Graph" },
            { "Ingestion", "Connections Outbox Delivery" },
            { "Operations", "Connections Outbox Graph Delivery Ingestion" },
        };

    [Theory]
    [MemberData(nameof(Core))]
    public void A_room_of_the_core_opens_only_its_own_doors(string room, string doors) =>
        Opened("OfflineConversions", room).Should().BeSubsetOf(doors.Split(' '));

    [Theory]
    [MemberData(nameof(Server))]
    public void A_room_of_the_server_opens_only_its_own_doors(string room, string doors) =>
        Opened("OfflineConversions.Server", room).Should().BeSubsetOf(doors.Split(' '));

    [Fact]
    public void Every_room_has_its_doors_written_down()
    {
        Rooms("OfflineConversions").Should().BeEquivalentTo(Core.Select(row => (string)row[0]));
        Rooms("OfflineConversions.Server").Should().BeEquivalentTo(Server.Select(row => (string)row[0]));
    }

    [Fact]
    public void A_source_never_looks_at_another()
    {
        var sources = Directory
            .GetDirectories(Path.Combine(Source, "OfflineConversions", "Sources"))
            .Select(folder => Path.GetFileName(folder)!)
            .ToArray();
        sources.Should().HaveCountGreaterThanOrEqualTo(4);
        foreach (var source in sources)
        {
            var code = Code(Path.Combine("OfflineConversions", "Sources", source));
            sources
                .Where(other => other != source && code.Contains(other, StringComparison.Ordinal))
                .Should()
                .BeEmpty($"{source} is a house of its own");
        }
    }

    [Theory]
    [InlineData("Outbox")]
    [InlineData("Graph")]
    public void The_rooms_of_the_way_out_know_no_source(string room) =>
        Code(Path.Combine("OfflineConversions.Server", room)).Should().NotContain("OfflineConversions.Sources");

    [Fact]
    public void Of_delivery_ingestion_uses_the_signal_only()
    {
        var words = Word()
            .Matches(Code(Path.Combine("OfflineConversions.Server", "Ingestion")))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        var delivery = typeof(Program)
            .Assembly.GetTypes()
            .Where(type => type is { IsNested: false, Namespace: "OfflineConversions.Server.Delivery" })
            .Select(type => type.Name);
        delivery.Where(words.Contains).Should().Equal("DeliverySignal");
    }

    [Theory]
    [InlineData("OfflineConversions")]
    [InlineData("OfflineConversions.Sandbox")]
    [InlineData("OfflineConversions.Server", "OfflineConversions", "OfflineConversions.Sandbox")]
    public void A_project_refers_to_nothing_but(string project, params string[] others)
    {
        var file = File.ReadAllText(Path.Combine(Source, project, project + ".csproj"));
        ProjectReference().Matches(file).Select(match => match.Groups["name"].Value).Should().BeEquivalentTo(others);
    }

    [Fact]
    public void The_core_has_no_framework_package_disk_network_clock_chance_or_logger()
    {
        File.ReadAllText(Path.Combine(Source, "OfflineConversions", "OfflineConversions.csproj"))
            .Should()
            .NotContain("Reference");
        typeof(ConversionPipeline)
            .Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name.StartsWith("Microsoft.", StringComparison.Ordinal) || Outside().IsMatch(name))
            .Should()
            .BeEmpty();
        Machine().Matches(Code("OfflineConversions")).Select(match => match.Value).Should().BeEmpty();
    }

    /// <summary>
    /// The rooms of the project that the room's code names: by <c>using</c>, in full, or by the room's name and a dot.
    /// </summary>
    private static IEnumerable<string> Opened(string project, string room)
    {
        var code = Code(Path.Combine(project, room));
        return Rooms(project)
            .Where(other =>
                other != room
                && Regex.IsMatch(
                    code,
                    $@"\b{Regex.Escape(project)}\.{other}\b|(?<![\w.""]){other}\.[A-Z]\w*",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(10)
                )
            );
    }

    private static IEnumerable<string> Rooms(string project) =>
        Directory
            .GetDirectories(Path.Combine(Source, project))
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs").Any())
            .Select(folder => Path.GetFileName(folder)!);

    /// <summary>All code below the folder without comments and what a build leaves behind.</summary>
    private static string Code(string folder) =>
        string.Join(
            '\n',
            Directory
                .EnumerateFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories)
                .Where(file => !Built().IsMatch(Path.GetRelativePath(Source, file)))
                .SelectMany(File.ReadLines)
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        );

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Built();

    [GeneratedRegex(
        @"<ProjectReference Include=""[^""]*/(?<name>[^/""]+)\.csproj""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ProjectReference();

    [GeneratedRegex(
        @"^System\.(Net\.(Http|Sockets|Requests|Security)|IO\.|Data|Console|Diagnostics\.Process|Threading\.(Timer|ThreadPool))",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Outside();

    [GeneratedRegex(
        @"\b(File|Directory|FileStream|HttpClient|Socket|TimeProvider|Stopwatch|ILogger|Console|Random|Environment\.\w+Variable\w*)\b(?=[.( ])|\.(UtcNow|Now|Today)\b",
        RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Machine();

    [GeneratedRegex(@"\b\w+\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Word();
}
