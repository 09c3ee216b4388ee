using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One path that accepts events.</summary>
/// <param name="Path">The path. A trailing slash is accepted too.</param>
/// <param name="Protocols">
/// The protocols that the path may serve; where there are several, the write key decides.
/// </param>
/// <param name="Vendor">The route of the first protocol.</param>
/// <param name="WithoutSource">Whether the path lacks the source's name.</param>
internal sealed record IngestionRoute(
    string Path,
    IReadOnlyList<IVendorProtocol> Protocols,
    VendorRoute Vendor,
    bool WithoutSource
)
{
    /// <summary>The call that the path stands for; <see langword="null"/> where the body says it.</summary>
    public string? Call => Vendor.Call;

    /// <summary>Whether the path may serve the source.</summary>
    public bool Serves(SourceDefinition source) => Protocols.Any(protocol => protocol.Source == source);
}
