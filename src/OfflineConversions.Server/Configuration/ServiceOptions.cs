namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The whole configuration, as at the root of appsettings.json. The names are fixed; see
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

    /// <summary>The record of what became of each event.</summary>
    public JournalOptions Journal { get; set; } = new();

    /// <summary>Delivery to Meta.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

    /// <summary>The endpoints that receive events.</summary>
    public IngestionOptions Ingestion { get; set; } = new();

    /// <summary>Imports of files.</summary>
    public ImportOptions Imports { get; set; } = new();

    /// <summary>The operator's routes.</summary>
    public AdminOptions Admin { get; set; } = new();

    /// <summary>Who is notified when something needs a person.</summary>
    public AlertOptions Alerts { get; set; } = new();

    /// <summary>The built-in stand-in for Meta.</summary>
    public SandboxOptions Sandbox { get; set; } = new();

    /// <summary>Browsers on other origins.</summary>
    public CorsOptions Cors { get; set; } = new();

    /// <summary>The reverse proxies that are trusted with the caller's address.</summary>
    public ProxyOptions ForwardedHeaders { get; set; } = new();

    /// <summary>The connections by name, each from one source to one Meta account.</summary>
    public Dictionary<string, ConnectionOptions> Connections { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether deliveries go to the sandbox of this process, and nothing reaches Meta.</summary>
    public bool ReachesSandbox => Sandbox.Enabled && Graph.BaseAddress == GraphOptions.DefaultBaseAddress;

    /// <summary>A copy of the options without the operator's key and write keys. Other secrets remain.</summary>
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
