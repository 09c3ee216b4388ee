using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// The settings that a running process replaces when its configuration changes, all of them at once: connections, keys
/// with their limits, and the operator's keys. Immutable, and without the text of any key.
/// </summary>
internal sealed class RuntimeSettings
{
    private readonly Dictionary<string, Connection> _byName;

    private RuntimeSettings(
        SettingList settings,
        Dictionary<string, Connection> byName,
        WriteKeys keys,
        AdminOptions admin
    ) =>
        (Settings, _byName, Keys, OperatorKey, ReadKey) = (
            settings,
            byName,
            keys,
            Digest(admin.ApiKey),
            Digest(admin.ReadKey)
        );

    /// <summary>All settings in the form that logs may show.</summary>
    public SettingList Settings { get; }

    /// <summary>The connections, in the order of the configuration.</summary>
    public IReadOnlyCollection<Connection> Connections => _byName.Values;

    /// <summary>The keys that sources may present.</summary>
    public WriteKeys Keys { get; }

    /// <summary>The operator's key, or <see langword="null"/> if none is configured.</summary>
    public KeyDigest? OperatorKey { get; }

    /// <summary>The key with which the console shows everything and does nothing; null if there is none.</summary>
    public KeyDigest? ReadKey { get; }

    /// <summary>Compiles a configuration.</summary>
    /// <param name="options">A valid configuration. It is not changed.</param>
    /// <param name="previous">
    /// The settings to replace. Unchanged connections, the rate limits of unchanged keys, and settings that only a
    /// restart changes carry over from them.
    /// </param>
    public static RuntimeSettings From(ServiceOptions options, RuntimeSettings? previous = null)
    {
        var settings = SettingList.Of(options).CarryOver(previous?.Settings);
        var byName = new Dictionary<string, Connection>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, connection) in options.Connections)
        {
            var known = previous?.Find(name);
            var unchanged = known?.Name == name && settings.HasSameConnection(previous!.Settings, name);
            byName[name] = unchanged ? known! : new Connection(name, connection.WithoutKeys());
        }

        return new RuntimeSettings(settings, byName, WriteKeys.From(options, byName, previous?.Keys), options.Admin);
    }

    /// <summary>The connection with this name, in any case, or <see langword="null"/>.</summary>
    public Connection? Find(string name) => _byName.GetValueOrDefault(name);

    private static KeyDigest? Digest(Secret? key) => key is { IsBlank: false } ? new KeyDigest(key.Reveal()) : null;
}
