namespace OfflineConversions.Server.Connections;

/// <summary>A configured pipe at work: its name, its settings and its compiled tables.</summary>
public sealed class Connection(string name, ConnectionOptions options)
{
    private volatile ConnectionCredentials _credentials = ConnectionCredentials.Of(options);

    /// <summary>Its name in the configuration.</summary>
    public string Name { get; } = name;

    /// <summary>Its settings, validated.</summary>
    public ConnectionOptions Options { get; } = options;

    /// <summary>What proves to Meta who we are: the only settings that a running process may exchange, all of them at once.</summary>
    public ConnectionCredentials Credentials
    {
        get => _credentials;
        set => _credentials = value;
    }

    /// <summary>Source JSON in, Meta JSON out.</summary>
    public ConversionPipeline Pipeline { get; } = new(options);
}
