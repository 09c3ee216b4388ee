using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Where deliveries go: to Graph or, if the sandbox is enabled and <c>Graph:BaseAddress</c> has its default, to the
/// sandbox of this process.
/// </summary>
internal sealed class SandboxAddress(ServiceOptions options, ListeningAddress listening)
{
    /// <summary>The base address of Graph. With the sandbox in use it is known once the server has started.</summary>
    public Uri Current =>
        options.ReachesSandbox
            ? listening.Current
                ?? throw new InvalidOperationException("The sandbox has no address before the server has started.")
            : options.Graph.BaseAddress;
}
