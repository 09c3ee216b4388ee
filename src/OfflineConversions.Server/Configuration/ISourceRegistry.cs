using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration;

/// <summary>The sources that a connection may have, and what they require of its credentials.</summary>
internal interface ISourceRegistry
{
    /// <summary>The sources.</summary>
    EventSources Sources { get; }

    /// <summary>What is wrong with the form of a write key, or <see langword="null"/>.</summary>
    string? KeyProblem(SourceDefinition source, string key);

    /// <summary>What is wrong with secrets among the source's settings.</summary>
    IEnumerable<SettingProblem> CheckSecrets(SourceDefinition source, MappingOptions options);
}
