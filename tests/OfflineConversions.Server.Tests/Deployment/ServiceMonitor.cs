using k8s;
using k8s.Models;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>What the Prometheus operator reads, as far as the chart writes it.</summary>
internal sealed class ServiceMonitor : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public MonitorSpec Spec { get; set; } = new();

    internal sealed class MonitorSpec
    {
        public V1LabelSelector Selector { get; set; } = new();

        public IList<MonitorEndpoint> Endpoints { get; set; } = [];
    }

    internal sealed class MonitorEndpoint
    {
        public string Port { get; set; } = "";

        public string Path { get; set; } = "";

        public string Interval { get; set; } = "";

        public IList<MonitorRelabeling> Relabelings { get; set; } = [];
    }

    internal sealed class MonitorRelabeling
    {
        public string TargetLabel { get; set; } = "";

        public string Replacement { get; set; } = "";
    }
}
