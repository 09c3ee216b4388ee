using OfflineConversions.Sources;

namespace OfflineConversions.Server.Connections;

/// <summary>One demo connection's key, which may be printed.</summary>
public sealed record DemoKey(SourceKind Source, string Connection, string Key);

/// <summary>The keys of connections named <c>demo-…</c>, in Development only: for the banner and the Swagger page. Elsewhere there are none.</summary>
public sealed class DemoKeys(IReadOnlyList<DemoKey> all)
{
    private const string Prefix = "demo-";

    /// <summary>Whether a key is one of ours, which everybody can read.</summary>
    public static bool IsOne(string key) => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>One of each source that has any.</summary>
    public IReadOnlyList<DemoKey> All { get; } = all;

    /// <summary>Collects them.</summary>
    public static DemoKeys From(ServiceOptions options, bool development) => new(!development ? [] :
    [
        .. options.Connections
            .Where(entry => entry.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && entry.Value is { Source: not null, WriteKeys.Count: > 0 })
            .Select(entry => new DemoKey(entry.Value.Source!.Value, entry.Key, entry.Value.WriteKeys[0].Reveal()))
            .DistinctBy(key => key.Source)
            .OrderBy(key => key.Source),
    ]);
}
