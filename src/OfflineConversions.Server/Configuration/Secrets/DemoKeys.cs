using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>A key from the published settings. It is public and may be printed.</summary>
internal sealed record DemoKey(SourceDefinition Source, string Connection, string Key);

/// <summary>
/// The configured demo keys, for the banner and the Swagger page in Development. Empty in other environments.
/// </summary>
internal sealed class DemoKeys(IReadOnlyList<DemoKey> all)
{
    private const string Prefix = "demo-";

    /// <summary>Whether a key is a demo key.</summary>
    public static bool IsOne(string key) => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>One key for each source that has any.</summary>
    public IReadOnlyList<DemoKey> All { get; } = all;

    /// <summary>Collects the demo keys of a configuration.</summary>
    public static DemoKeys From(ServiceOptions options, EventSources sources, bool development) =>
        new(
            !development
                ? []
                :
                [
                    .. options
                        .Connections.Where(entry => entry.Value.Source is not null)
                        .SelectMany(entry =>
                            entry.Value.WriteKeys.Select(key => new DemoKey(
                                entry.Value.Source!,
                                entry.Key,
                                key.Reveal()
                            ))
                        )
                        .Where(key => IsOne(key.Key))
                        .DistinctBy(key => key.Source)
                        .OrderBy(key => sources.Definitions.ToList().IndexOf(key.Source)),
                ]
        );
}
