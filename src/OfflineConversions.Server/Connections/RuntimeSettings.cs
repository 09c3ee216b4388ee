using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// What a running process exchanges when its configuration changes, all of it at once: the connections, the keys and
/// their limits, the operator's key. Never changes itself, so whoever has begun with one ends with the same.
/// </summary>
internal sealed class RuntimeSettings
{
    private readonly Dictionary<string, Connection> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the keys out of the options: afterwards nobody in the process knows their text.</summary>
    /// <param name="options">A valid configuration.</param>
    /// <param name="before">
    /// What it follows: its unchanged connections, the buckets of its unchanged keys, and what only a restart changes
    /// go on.
    /// </param>
    public RuntimeSettings(ServiceOptions options, RuntimeSettings? before = null)
    {
        Settings = SettingList.Of(options).TakeOver(before?.Settings);
        foreach (var (name, settings) in options.Connections)
        {
            var known = before?.Find(name);
            _byName[name] =
                known?.Name == name && Settings.SameConnection(before!.Settings, name)
                    ? known
                    : new Connection(name, settings);
        }

        Keys = new WriteKeys(
            options.Connections.Select(entry => (_byName[entry.Key], entry.Value.WriteKeys)),
            options.Ingestion.RateLimit,
            before?.Keys
        );
        OperatorKey = options.Admin.ApiKey is { IsBlank: false } key ? new KeyDigest(key.Reveal()) : null;
        options.Admin.ApiKey = null;
        foreach (var connection in options.Connections.Values)
        {
            connection.WriteKeys.Clear();
        }
    }

    /// <summary>All settings as they may be shown.</summary>
    public SettingList Settings { get; }

    /// <summary>The connections, in the order of the configuration.</summary>
    public IReadOnlyCollection<Connection> Connections => _byName.Values;

    /// <summary>Who may post.</summary>
    public WriteKeys Keys { get; }

    /// <summary>Who may operate, or <see langword="null"/> where no key is configured.</summary>
    public KeyDigest? OperatorKey { get; }

    /// <summary>The connection of that name, in any case, or <see langword="null"/>.</summary>
    public Connection? Find(string name) => _byName.GetValueOrDefault(name);
}
