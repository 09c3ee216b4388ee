using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>The dependencies that docs/architecture.md allows, read from the compiled assemblies.</summary>
public partial class ArchitectureTests
{
    private const string Anything = "*";

    private static readonly CompiledAssembly Core = new(typeof(ConversionPipeline).Assembly);
    private static readonly CompiledAssembly Server = new(typeof(Program).Assembly);

    /// <summary>The folders of the core in their order: each uses only those before it.</summary>
    private static readonly string[] CoreOrder =
    [
        "Tables",
        "Json",
        "Conversions",
        "Privacy",
        "Mapping",
        "Hashing",
        "Targets",
        "Sources",
        "", // what users of the package see first
        "Origins",
    ];

    /// <summary>The folders of the server and the folders that each may use.</summary>
    public static TheoryData<string, string> ServerFolders =>
        new()
        {
            { "Configuration", "" },
            { "Metrics", "" },
            { "Tracing", "" },
            { "Connections", "Configuration" },
            { "Outbox", "Configuration" },
            { "Targets", "Configuration Metrics Tracing" },
            { "Reasons", "Targets" },
            { "Tail", "Outbox" },
            { "Doctor", "Configuration Metrics Connections Outbox Reasons Targets" },
            { "Quality", "Configuration Connections Outbox Reasons Targets" },
            { "Ingestion", "Configuration Metrics Tracing Connections Outbox Delivery Quality Tail" },
            { "Imports", "Configuration Metrics Connections Outbox Ingestion" },
            { "Delivery", "Configuration Metrics Tracing Connections Outbox Tail Targets" },
            { "Alerts", "Configuration Connections Delivery Doctor Outbox Reasons Targets" },
            { "Admin", Anything },
            { "Telemetry", Anything },
            { "OpenApi", Anything },
            { "WebConsole", Anything },
            { "Hosting", Anything },
            { "", Anything }, // Program
        };

    [Fact]
    public void No_folders_of_the_core_form_a_cycle() => Cycles.In(Core).Should().BeEmpty();

    [Fact]
    public void No_folders_of_the_server_form_a_cycle() => Cycles.In(Server).Should().BeEmpty();

    [Fact]
    public void Each_folder_of_the_core_uses_only_the_folders_before_it()
    {
        Core.Types.Select(type => Stage(type.Folder)).Distinct().Should().BeEquivalentTo(CoreOrder);
        Core.Uses.Where(use =>
                Core.FolderOf(use.Namespace) is { } used && Place(Stage(used)) > Place(Stage(use.From.Folder))
            )
            .Select(use => use.ToString())
            .Should()
            .BeEmpty();

        static int Place(string stage) => Array.IndexOf(CoreOrder, stage);
    }

    [Theory]
    [MemberData(nameof(ServerFolders))]
    public void A_folder_of_the_server_uses_only_the_folders_it_may(string folder, string allowed) =>
        Server
            .Uses.Where(use =>
                Stage(use.From.Folder) == folder
                && Server.FolderOf(use.Namespace) is { } used
                && Stage(used) != folder
                && allowed != Anything
                && !allowed.Split(' ').Contains(Stage(used))
            )
            .Select(use => use.ToString())
            .Should()
            .BeEmpty();

    [Fact]
    public void Every_folder_of_the_server_has_its_rule() =>
        Server
            .Types.Select(type => Stage(type.Folder))
            .Distinct()
            .Should()
            .BeEquivalentTo(ServerFolders.Select(row => (string)row[0]));

    [Theory]
    [InlineData("Admin", "Hosting", "OpenApi", "WebConsole")]
    [InlineData("Telemetry", "Admin", "Hosting", "WebConsole")]
    [InlineData("WebConsole")]
    [InlineData("OpenApi", "Hosting")]
    [InlineData("Hosting")]
    public void What_may_read_everything_is_read_only_by_what_composes_the_process(
        string folder,
        params string[] readers
    ) =>
        Server
            .Uses.Where(use =>
                Server.FolderOf(use.Namespace) is { } used
                && Stage(used) == folder
                && Stage(use.From.Folder) is var reader
                && reader.Length > 0
                && reader != folder
                && !readers.Contains(reader)
            )
            .Select(use => use.ToString())
            .Should()
            .BeEmpty();

    [Fact]
    public void Ingestion_uses_nothing_of_delivery_but_the_signal() =>
        Server
            .Uses.Where(use =>
                Stage(use.From.Folder) == "Ingestion"
                && Server.FolderOf(use.Namespace) is { } used
                && Stage(used) == "Delivery"
            )
            .Select(use => use.Name)
            .Distinct()
            .Should()
            .Equal("DeliverySignal");

    [Fact]
    public void No_type_outside_the_folder_of_SQLite_names_its_types_except_one_registration() =>
        Server
            .Uses.Where(use =>
                !CompiledAssembly.IsIn(use.From.Folder, "Outbox.Sqlite")
                && (
                    Server.FolderOf(use.Namespace) is { } used && CompiledAssembly.IsIn(used, "Outbox.Sqlite")
                    || CompiledAssembly.IsIn(use.Namespace, "Microsoft.Data.Sqlite")
                    || CompiledAssembly.IsIn(use.Namespace, "SQLitePCL")
                )
            )
            .Select(use => use.From.ToString())
            .Distinct()
            .Should()
            .Equal("Outbox.OutboxRegistration");

    [Fact]
    public void No_type_outside_the_folder_of_PostgreSQL_names_its_types_except_one_registration() =>
        Server
            .Uses.Where(use =>
                !CompiledAssembly.IsIn(use.From.Folder, "Outbox.Postgres")
                && (
                    Server.FolderOf(use.Namespace) is { } used && CompiledAssembly.IsIn(used, "Outbox.Postgres")
                    || CompiledAssembly.IsIn(use.Namespace, "Npgsql")
                )
            )
            .Select(use => use.From.ToString())
            .Distinct()
            .Should()
            .Equal("Outbox.OutboxRegistration");

    [Theory]
    [InlineData("OfflineConversions")]
    [InlineData("OfflineConversions.Cli")]
    [InlineData("OfflineConversions.Sandbox")]
    [InlineData("OfflineConversions.Meta", "OfflineConversions")]
    [InlineData(
        "OfflineConversions.Server",
        "OfflineConversions",
        "OfflineConversions.Meta",
        "OfflineConversions.Sandbox"
    )]
    public void A_project_refers_only_to_the_projects_it_may(string project, params string[] others) =>
        ProjectReference()
            .Matches(ProjectFile(project))
            .Select(match => match.Groups["name"].Value)
            .Should()
            .BeEquivalentTo(others);

    [Fact]
    public void The_core_uses_no_package_framework_disk_network_clock_randomness_or_logger()
    {
        ProjectFile("OfflineConversions").Should().NotContain("Reference");
        Core.Uses.Where(use => Machine().IsMatch($"{use.Namespace}.{use.Name}"))
            .Select(use => use.ToString())
            .Should()
            .BeEmpty();

        // These are members of types that the core does use, or that the compiler uses in it.
        SourceTree
            .Below("src/OfflineConversions")
            .Where(file => Ambient().IsMatch(file.Code))
            .Select(file => file.Path)
            .Should()
            .BeEmpty();
    }

    /// <summary>The first folder of a path: the stage that a type belongs to.</summary>
    private static string Stage(string folder) => folder.Split('.')[0];

    private static string ProjectFile(string project) =>
        File.ReadAllText(Path.Combine(DocumentationPage.Root, "src", project, project + ".csproj"));

    [GeneratedRegex(
        @"<ProjectReference Include=""[^""]*/(?<name>[^/""]+)\.csproj""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex ProjectReference();

    [GeneratedRegex(
        """
            ^(Microsoft\.
            |System\.(Net\.(Http|Sockets|Security|NetworkInformation|Dns)
            |IO\.(File|Directory|Path|Pipes|Pipelines|Compression)
            |Data\.|Console$|Diagnostics\.(Process|Stopwatch|Activity|Metrics)
            |Random$|TimeProvider$|Threading\.(Timer|Thread|Tasks)
            |Security\.Cryptography\.RandomNumberGenerator))
            """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        1000
    )]
    private static partial Regex Machine();

    [GeneratedRegex(
        @"\b(DateTime|DateTimeOffset)\.(UtcNow|Now|Today)\b"
            + @"|\b(Guid\.NewGuid|Environment\.(Get|Tick|Machine|User|Process|Exit)\w*)\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Ambient();
}
