using System.Collections.Concurrent;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Doctor;

/// <summary>What Meta last said about the token of each connection. A changed connection has none yet.</summary>
internal sealed class TokenFindings
{
    private readonly ConcurrentDictionary<string, Noted> _findings = new(StringComparer.Ordinal);

    /// <summary>The last finding; null if there is none.</summary>
    public TokenFinding? Of(Connection connection) =>
        _findings.TryGetValue(connection.Name, out var noted) && noted.Connection == connection ? noted.Finding : null;

    /// <summary>Whether Meta has said anything about the token of the connection since the start.</summary>
    public bool Has(string connection) => _findings.ContainsKey(connection);

    /// <summary>Keeps a finding.</summary>
    public void Note(Connection connection, TokenFinding finding) =>
        _findings[connection.Name] = new Noted(connection, finding);

    /// <summary>Keeps a finding of another replica.</summary>
    /// <param name="name">The name of the connection.</param>
    /// <param name="connection">The connection, if it has the token that the finding is about.</param>
    /// <param name="finding">The finding.</param>
    public void Follow(string name, Connection? connection, TokenFinding finding)
    {
        if (connection is not null || !Has(name))
        {
            _findings[name] = new Noted(connection, finding);
        }
    }

    private sealed record Noted(Connection? Connection, TokenFinding Finding);
}
