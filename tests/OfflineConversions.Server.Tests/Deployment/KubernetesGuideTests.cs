using System.Text.RegularExpressions;
using k8s.Models;
using OfflineConversions.Server.Tests.Configuration;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>What docs/guides/kubernetes.md says to write works with the manifests.</summary>
public sealed partial class KubernetesGuideTests : ConfigurationUnderTest
{
    private static readonly DocumentationPage Guide = new("docs/guides/kubernetes.md");

    public static TheoryData<string> Providers => Manifests.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public void Its_configuration_and_its_secrets_start_the_service(string provider)
    {
        var secrets = FromFile().Matches(Guide.Text).Select(match => match.Groups["name"].Value).ToList();
        foreach (var secret in secrets.Where(name => !name.Contains('.', StringComparison.Ordinal)))
        {
            Write(secret, secret == "outbox" ? "Host=db.example;Database=outbox" : $"the-content-of-{secret}");
        }

        var configuration = Write(
            "offline-conversions.json",
            Here(Block("json")).Replace("your-dataset-id", "998877665544332", StringComparison.Ordinal)
        );
        var settings = Manifests.Of(provider).Settings.Select(one => $"--{one.Key}={Here(one.Value)}");

        var (options, problems) = Read(["--config", configuration, .. settings]);

        problems.Should().BeEmpty();
        options.Admin.ApiKey!.Reveal().Should().Be("the-content-of-operator-key");
        options.Connections.Should().ContainKey("stores");
    }

    [ProgramFact("kubectl", "build/kubernetes-tools FOLDER brings it")]
    public async Task Its_kustomization_changes_image_namespace_and_number_of_replicas()
    {
        var manifests = await KustomizeAsync(Block("yaml"));

        manifests.Container.Image.Should().Be("registry.example/offline-conversions:1.2.3");
        manifests.Single<V1Deployment>().Spec.Replicas.Should().Be(3);
        manifests.Single<V1Deployment>().Metadata.NamespaceProperty.Should().Be("conversions");
    }

    [ProgramFact("kubectl", "build/kubernetes-tools FOLDER brings it")]
    public async Task Its_kustomization_without_the_replicas_does_for_SQLite()
    {
        var kustomization = Block("yaml")
            .Replace("kubernetes/postgresql", "kubernetes/sqlite", StringComparison.Ordinal);

        var manifests = await KustomizeAsync(kustomization.Split("replicas:")[0]);

        manifests.Single<V1StatefulSet>().Spec.Replicas.Should().Be(1);
        manifests.Container.Image.Should().Be("registry.example/offline-conversions:1.2.3");
    }

    private async Task<Manifests> KustomizeAsync(string kustomization)
    {
        Write("kustomization.yaml", kustomization);
        foreach (var file in Directory.EnumerateFiles(Full(Manifests.Folder), "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder.FullName, Path.GetRelativePath(DocumentationPage.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var result = await InstalledProgram.RunAsync("kubectl", ["kustomize", Folder.FullName]);
        result.ExitCode.Should().Be(0, result.Errors);
        return Manifests.Parse(result.Output);
    }

    /// <summary>The first block of the guide in a language.</summary>
    private static string Block(string language) => Guide.Text.Split($"```{language}\n")[1].Split("\n```")[0];

    /// <summary>The same paths on this machine.</summary>
    private string Here(string text) =>
        text.Replace("/secrets", Folder.FullName, StringComparison.Ordinal)
            .Replace("/data", Folder.FullName, StringComparison.Ordinal);

    private static string Full(string path) => Path.Combine(DocumentationPage.Root, path);

    [GeneratedRegex("--from-file=(?<name>[a-z.-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FromFile();
}
