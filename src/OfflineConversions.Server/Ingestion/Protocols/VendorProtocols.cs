using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Protocols.CommandersAct;
using OfflineConversions.Server.Ingestion.Protocols.MParticle;
using OfflineConversions.Server.Ingestion.Protocols.RudderStack;
using OfflineConversions.Server.Ingestion.Protocols.Segment;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>The registry of protocols.</summary>
internal sealed class VendorProtocols : ISourceRegistry
{
    private readonly IReadOnlyList<IVendorProtocol> _all;

    public VendorProtocols(IReadOnlyList<IVendorProtocol> all)
    {
        _all = all;
        Sources = new EventSources([
            .. all.Select(protocol => protocol.Source),
            .. EventSources.All.Definitions.Where(source => !source.IsPosted),
        ]);
        Routes =
        [
            .. from protocol in all
            from route in protocol.Routes
            select new IngestionRoute($"/{protocol.Source.Tag}{route.Path}", [protocol], route, WithoutSource: false),
            .. from protocol in all
            from route in protocol.Routes
            group (protocol, route) by (route.Path, route.Call) into same
            select new IngestionRoute(
                same.Key.Path,
                [.. same.Select(one => one.protocol)],
                same.First().route,
                WithoutSource: true
            ),
        ];
    }

    /// <summary>The protocols of this service.</summary>
    public static VendorProtocols All { get; } =
        new([new MParticleProtocol(), new SegmentProtocol(), new RudderStackProtocol(), new CommandersActProtocol()]);

    /// <summary>The sources in the order of their registration, last those whose events are not posted.</summary>
    public EventSources Sources { get; }

    /// <summary>
    /// Every route twice: with the source's name as the first segment, and without it, as SDKs whose path is fixed
    /// need.
    /// </summary>
    public IReadOnlyList<IngestionRoute> Routes { get; }

    /// <summary>The protocols in the order of their registration.</summary>
    public IReadOnlyList<IVendorProtocol> Protocols => _all;

    /// <summary>The protocol of a source; <see langword="null"/> if its events come in files only.</summary>
    public IVendorProtocol? Of(SourceDefinition source) => _all.FirstOrDefault(protocol => protocol.Source == source);

    /// <inheritdoc/>
    public string? KeyProblem(SourceDefinition source, string key) => Of(source)?.KeyProblem(key);

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> CheckSecrets(SourceDefinition source, MappingOptions options) =>
        Of(source)?.CheckSecrets(options) ?? [];
}

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
    /// <summary>The call that the path names; <see langword="null"/> where the body says it.</summary>
    public string? Call => Vendor.Call;

    /// <summary>Whether the path may serve the source.</summary>
    public bool Serves(SourceDefinition source) => Protocols.Any(protocol => protocol.Source == source);
}
