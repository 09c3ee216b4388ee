namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The whole configuration: what stands at the root of appsettings.json. Names are fixed; see
/// docs/reference/configuration.md.
/// </summary>
internal sealed class ServiceOptions
{
    /// <summary>Meta's Graph API.</summary>
    public GraphOptions Graph { get; set; } = new();

    /// <summary>The console log.</summary>
    public LogOptions Logs { get; set; } = new();

    /// <summary>The durable queue.</summary>
    public OutboxOptions Outbox { get; set; } = new();

    /// <summary>Sending to Meta.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

    /// <summary>The HTTP border.</summary>
    public IngestionOptions Ingestion { get; set; } = new();

    /// <summary>The operator's routes.</summary>
    public AdminOptions Admin { get; set; } = new();

    /// <summary>The built-in stand-in for Meta.</summary>
    public SandboxOptions Sandbox { get; set; } = new();

    /// <summary>Browsers on other origins.</summary>
    public CorsOptions Cors { get; set; } = new();

    /// <summary>The reverse proxies whose word on a caller's address counts.</summary>
    public ProxyOptions ForwardedHeaders { get; set; } = new();

    /// <summary>The pipes: a source with its write keys to one Meta account each, by name.</summary>
    public Dictionary<string, ConnectionOptions> Connections { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The same options without the operator's key and without write keys. Other secrets stay.</summary>
    public ServiceOptions WithoutKeys()
    {
        var copy = (ServiceOptions)MemberwiseClone();
        copy.Admin = Admin.WithoutKey();
        copy.Connections = Connections.ToDictionary(
            entry => entry.Key,
            entry => entry.Value.WithoutKeys(),
            Connections.Comparer
        );
        return copy;
    }
}
