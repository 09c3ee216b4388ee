using k8s;
using k8s.Models;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>What runs the service on Kubernetes, in one of the two ways.</summary>
internal sealed class Manifests
{
    public const string Folder = "deploy/kubernetes";

    private static readonly Dictionary<string, Type> Types = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
    };

    private Manifests(string text) => Objects = KubernetesYaml.LoadAllFromString(text, Types, strict: true);

    /// <summary>The kinds of outbox, each with manifests of its own.</summary>
    public static TheoryData<string> Providers => ["Sqlite", "PostgreSql"];

    public IReadOnlyList<object> Objects { get; }

    /// <summary>The one pod that all of it is about.</summary>
    public V1PodTemplateSpec Pod =>
        Objects
            .OfType<V1StatefulSet>()
            .Select(set => set.Spec.Template)
            .Concat(Objects.OfType<V1Deployment>().Select(deployment => deployment.Spec.Template))
            .Single();

    public V1Container Container => Pod.Spec.Containers.Single();

    /// <summary>The settings that the container gets as environment variables, with colons.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        Container
            .Env.Where(variable => variable.Name.Contains("__", StringComparison.Ordinal))
            .ToDictionary(variable => Setting(variable.Name), variable => variable.Value);

    /// <summary>Those in the repository.</summary>
    public static Manifests Of(string provider) => Parse(File.ReadAllText(FileOf(provider)));

    public static string FileOf(string provider) =>
        Path.Combine(DocumentationPage.Root, Folder, provider.ToLowerInvariant(), "offline-conversions.yaml");

    /// <exception cref="YamlDotNet.Core.YamlException">
    /// It is not YAML, or has a field that Kubernetes does not know.
    /// </exception>
    public static Manifests Parse(string text) => new(text);

    public static string Setting(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);

    public T Single<T>() => Objects.OfType<T>().Single();
}
