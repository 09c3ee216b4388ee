using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>One key that everybody can read, and which may be printed.</summary>
internal sealed record DemoKey(SourceDefinition Source, string Connection, string Key);

/// <summary>
/// The demo keys that are configured, in Development only: for the banner and the Swagger page. Elsewhere there are
/// none.
/// </summary>
internal sealed class DemoKeys(IReadOnlyList<DemoKey> all)
{
    private const string Prefix = "demo-";

    /// <summary>Whether a key is one of ours, which everybody can read.</summary>
    public static bool IsOne(string key) => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>One of each source that has any.</summary>
    public IReadOnlyList<DemoKey> All { get; } = all;

    /// <summary>Collects them.</summary>
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
