using System.Text.RegularExpressions;
using k8s.Models;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>The chart in <c>deploy/helm</c>.</summary>
public sealed partial class HelmChartTests
{
    private const string Chart = "deploy/helm/offline-conversions";
    private const string Source = "build/kubernetes-tools FOLDER brings it";

    [Fact]
    public void Its_version_is_the_one_that_the_next_build_gets()
    {
        var lines = File.ReadAllLines(Path.Combine(DocumentationPage.Root, Chart, "Chart.yaml"));
        var build = File.ReadAllText(Path.Combine(DocumentationPage.Root, "src", "Directory.Build.props"));
        var next = Minimum().Match(build).Groups["version"].Value + ".0";

        lines.Should().Contain($"version: {next}").And.Contain($"appVersion: {next}");
    }

    [ProgramFact("helm", Source)]
    public async Task The_manifests_in_the_repository_are_what_it_makes()
    {
        foreach (var provider in new[] { "Sqlite", "PostgreSql" })
        {
            var made = await TemplateAsync("--set", $"outbox.provider={provider}");
            var written = (await File.ReadAllTextAsync(Manifests.FileOf(provider))).Split('\n').Skip(1);

            written
                .Should()
                .Equal(
                    made.Split('\n').Where(line => !line.StartsWith("# Source: ", StringComparison.Ordinal)),
                    "build/manifests writes them"
                );
        }
    }

    [ProgramFact("helm", Source)]
    public async Task Every_option_makes_objects_that_Kubernetes_knows()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.File("values.yaml"),
            """
            image: { repository: registry.example/sales, digest: "sha256:DIGEST" }
            imagePullSecrets: [{ name: registry }]
            configuration: { Logs: { Format: Text } }
            secrets: { name: sales-secrets }
            outbox: { provider: PostgreSql }
            postgresql: { replicas: 5, port: 6432, keysClaim: keys }
            environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" }
            serviceAccountName: sales
            podAnnotations: { team: sales }
            nodeSelector: { disk: fast }
            tolerations: [{ key: dedicated, operator: Exists }]
            affinity: { podAntiAffinity: {} }
            ingress: { enabled: true, className: nginx, host: sales.example, tlsSecret: tls, annotations: { a: b } }
            networkPolicy:
              eventsFrom: [{ namespaceSelector: {} }]
              egress: [{ ports: [{ protocol: TCP, port: 4317 }] }]
            serviceMonitor: { enabled: true, labels: { release: prometheus } }
            """.Replace("DIGEST", new string('a', 64), StringComparison.Ordinal)
        );

        var manifests = Manifests.Parse(await TemplateAsync("--values", folder.File("values.yaml")));

        manifests.Container.Image.Should().Be("registry.example/sales@sha256:" + new string('a', 64));
        manifests.Settings["Outbox:KeyDirectory"].Should().StartWith("/keys/");
        manifests.Single<V1Deployment>().Spec.Replicas.Should().Be(5);
        manifests.Single<V1ConfigMap>().Data["offline-conversions.json"].Should().Contain("\"Format\": \"Text\"");
        manifests.Single<V1Ingress>().Spec.Tls.Single().SecretName.Should().Be("tls");
        var service = manifests
            .Objects.OfType<V1Service>()
            .Single(one => one.Metadata.Name.EndsWith("-operator", StringComparison.Ordinal));
        var monitor = manifests.Single<ServiceMonitor>().Spec;
        monitor.Selector.MatchLabels.Should().BeSubsetOf(service.Metadata.Labels);
        monitor.Endpoints.Single().Port.Should().Be(service.Spec.Ports.Single().Name);
        monitor.Endpoints.Single().Relabelings.Single().Replacement.Should().Be("offlineconversions");
    }

    [ProgramFact("helm", Source)]
    public async Task A_second_replica_on_SQLite_and_a_typo_are_refused()
    {
        foreach (var wrong in new[] { "sqlite.replicas=2", "outbox.provder=Sqlite", "outbox.provider=Postgres" })
        {
            var result = await InstalledProgram.RunAsync("helm", ["template", "x", Chart, "--set", wrong]);

            result.ExitCode.Should().NotBe(0);
            result
                .Errors.Should()
                .Contain(wrong.Contains("Postgres", StringComparison.Ordinal) ? "PostgreSql" : "not allowed");
        }
    }

    [ProgramFact("helm", Source)]
    public async Task A_release_has_the_chart_and_the_manifests_of_its_version()
    {
        using var folder = new TemporaryFolder();

        var result = await InstalledProgram.RunAsync("bash", ["build/manifests", "1.2.3-rc.1", folder.Path]);

        result.ExitCode.Should().Be(0, result.Errors);
        File.Exists(folder.File("offline-conversions-1.2.3-rc.1.tgz")).Should().BeTrue();
        var manifests = await File.ReadAllTextAsync(folder.File("kubernetes-sqlite-1.2.3-rc.1.yaml"));
        Manifests.Parse(manifests).Container.Image.Should().Be("offline-conversions:1.2.3-rc.1");
    }

    private static async Task<string> TemplateAsync(params string[] arguments)
    {
        var result = await InstalledProgram.RunAsync("helm", ["template", "offline-conversions", Chart, .. arguments]);
        result.ExitCode.Should().Be(0, result.Errors);
        return result.Output;
    }

    [GeneratedRegex(
        "<MinVerMinimumMajorMinor>(?<version>[0-9.]+)</MinVerMinimumMajorMinor>",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Minimum();
}
