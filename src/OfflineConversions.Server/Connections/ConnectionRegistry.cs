namespace OfflineConversions.Server.Connections;

/// <summary>The connections at work, by name.</summary>
public sealed class ConnectionRegistry(ServiceOptions options)
{
    private readonly Dictionary<string, Connection> _byName =
        options.Connections.ToDictionary(entry => entry.Key, entry => new Connection(entry.Key, entry.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>All of them, in the order of the configuration.</summary>
    public IReadOnlyCollection<Connection> All => _byName.Values;

    /// <summary>The connection of that name, in any case, or <see langword="null"/>.</summary>
    public Connection? Find(string name) => _byName.GetValueOrDefault(name);
}
