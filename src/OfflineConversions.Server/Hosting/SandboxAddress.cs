using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Where deliveries go: to Graph or, if the sandbox is enabled and <c>Graph:BaseAddress</c> has its default, to the
/// sandbox of this process.
/// </summary>
internal sealed class SandboxAddress(ServiceOptions options, ListeningAddress listening)
{
    /// <summary>Whether deliveries go to the sandbox of this process.</summary>
    public bool InUse => IsUsedBy(options);

    /// <summary>The base address of Graph. With the sandbox in use it is known once the server has started.</summary>
    public Uri Current =>
        InUse
            ? listening.Current
                ?? throw new InvalidOperationException("The sandbox has no address before the server has started.")
            : options.Graph.BaseAddress;

    /// <summary>Whether this configuration delivers to the sandbox of this process.</summary>
    public static bool IsUsedBy(ServiceOptions options) =>
        options.Sandbox.Enabled && options.Graph.BaseAddress == GraphOptions.DefaultBaseAddress;
}
