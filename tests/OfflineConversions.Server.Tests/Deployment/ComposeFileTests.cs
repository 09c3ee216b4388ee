using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>docker-compose.yml, and what its profile <c>postgresql</c> mounts from <c>deploy/compose</c>.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly Dictionary<string, ComposeService> Services = Load();

    [Fact]
    public void Every_setting_exists_and_a_secret_in_the_environment_works_in_a_demo_only()
    {
        var known = new DocumentationPage("docs/reference/configuration.md").Names("service");
        var settings = Services
            .Values.Where(service => service.Image == "offline-conversions")
            .SelectMany(service => service.Environment)
            .Where(variable => variable.Key.Contains("__", StringComparison.Ordinal))
            .Select(variable => (Name: Manifests.Setting(variable.Key), variable.Value))
            .ToList();

        settings.Select(setting => setting.Name).Should().BeSubsetOf(known).And.Contain("Outbox:ConnectionStringFile");
        settings
            .Where(setting => known.Contains(setting.Name + "File"))
            .Should()
            .OnlyContain(setting => setting.Value.StartsWith("demo-"), "outside Development such a key is refused");
    }

    [Fact]
    public void The_proxy_leads_to_every_replica_on_PostgreSQL()
    {
        var replicas = Services.Where(service => service.Value.Environment.ContainsKey("Outbox__Provider")).ToList();

        replicas.Should().HaveCount(2);
        replicas.Should().AllSatisfy(replica => replica.Value.Profiles.Should().Equal("postgresql"));
        Upstream()
            .Matches(Read("nginx.conf"))
            .Select(match => match.Groups["name"].Value)
            .Should()
            .BeEquivalentTo(replicas.Select(replica => replica.Key));
    }

    [Fact]
    public void The_replicas_know_the_password_of_their_database()
    {
        var database = Services["postgres"].Environment;

        Read("connection-string")
            .Trim()
            .Split(';')
            .Should()
            .BeEquivalentTo(
                "Host=postgres",
                $"Database={database["POSTGRES_DB"]}",
                $"Username={database["POSTGRES_USER"]}",
                $"Password={Read("postgres-password").Trim()}"
            );
    }

    [Fact]
    public void Everything_that_the_project_starts_runs_without_capabilities() =>
        Services
            .Values.Should()
            .AllSatisfy(service =>
            {
                service.CapDrop.Should().Equal("ALL");
                service.SecurityOpt.Should().Equal("no-new-privileges:true");
            });

    private static Dictionary<string, ComposeService> Load()
    {
        using var text = File.OpenText(Path.Combine(DocumentationPage.Root, "docker-compose.yml"));
        return new DeserializerBuilder()
            .IgnoreUnmatchedProperties()
            .Build()
            .Deserialize<ComposeFile>(new MergingParser(new Parser(text)))
            .Services;
    }

    private static string Read(string file) =>
        File.ReadAllText(Path.Combine(DocumentationPage.Root, "deploy", "compose", file));

    [GeneratedRegex("^ +server (?<name>[a-z0-9-]+):8080", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Upstream();

    internal sealed class ComposeFile
    {
        // What the services refer to must be read, too.
        [YamlMember(Alias = "x-service")]
        public ComposeService Service { get; set; } = new();

        [YamlMember(Alias = "x-replica")]
        public ComposeService Replica { get; set; } = new();

        [YamlMember(Alias = "services")]
        public Dictionary<string, ComposeService> Services { get; set; } = [];
    }

    internal sealed class ComposeService
    {
        [YamlMember(Alias = "image")]
        public string Image { get; set; } = "";

        [YamlMember(Alias = "profiles")]
        public List<string> Profiles { get; set; } = [];

        [YamlMember(Alias = "environment")]
        public Dictionary<string, string> Environment { get; set; } = [];

        [YamlMember(Alias = "cap_drop")]
        public List<string> CapDrop { get; set; } = [];

        [YamlMember(Alias = "security_opt")]
        public List<string> SecurityOpt { get; set; } = [];
    }
}
