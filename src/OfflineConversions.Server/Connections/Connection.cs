using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// A configured pipe at work: its name, its settings and its compiled tables. Never changes: a changed setting makes a
/// new one.
/// </summary>
internal sealed class Connection(string name, ConnectionOptions options)
{
    /// <summary>Its name in the configuration.</summary>
    public string Name { get; } = name;

    /// <summary>Its settings, validated.</summary>
    public ConnectionOptions Options { get; } = options;

    /// <summary>Source JSON in, Meta JSON out.</summary>
    public ConversionPipeline Pipeline { get; } = new(options);
}
