using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Operations;

/// <summary>Where deliveries go: to Graph, or with the sandbox on and Graph's address left alone to the sandbox of this very process.</summary>
public sealed class SandboxAddress(ServiceOptions options, ListeningAddress listening)
{
    /// <summary>Whether deliveries stay in this process.</summary>
    public bool InUse => IsUsedBy(options);

    /// <summary>The base address of Graph, or <see langword="null"/> while the sandbox has none yet.</summary>
    public Uri? Current => InUse ? listening.Current : options.Graph.BaseAddress;

    /// <summary>Whether such a configuration keeps deliveries in the process.</summary>
    public static bool IsUsedBy(ServiceOptions options) => options.Sandbox.Enabled && options.Graph.BaseAddress == GraphOptions.DefaultBaseAddress;
}
