using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// A configured connection: its name, its settings and its compiled mapping. Immutable: a changed setting makes a new
/// connection.
/// </summary>
/// <param name="name">The name in the configuration.</param>
/// <param name="options">The settings, validated and without write keys.</param>
internal sealed class Connection(string name, ConnectionOptions options)
{
    /// <summary>The name in the configuration.</summary>
    public string Name { get; } = name;

    /// <summary>The settings, validated and without write keys.</summary>
    public ConnectionOptions Options { get; } = options;

    /// <summary>The vendor whose events it receives.</summary>
    public SourceDefinition Source { get; } = options.Source!;

    /// <summary>Turns the source's JSON into Meta's JSON.</summary>
    public ConversionPipeline Pipeline { get; } = new(options);
}
