using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// Limits how many names of events a connection has in the roll-ups: callers choose them. The names of the hours that
/// are kept count, so the limit holds across restarts.
/// </summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="join">Adds the latest counts to those that are read.</param>
internal sealed class BoundedNames(SqliteConnection connection, Action join) : IDisposable
{
    private readonly Dictionary<NameScope, HashSet<string>> _known = [];
    private long _hour;

    private readonly Statement _read = new(
        connection,
        $"SELECT DISTINCT name FROM journal_counts WHERE connection = ?1 AND kind = ?2 LIMIT {EventNameLimit.Most + 2}"
    );

    /// <summary>The name itself, or what is counted in its place.</summary>
    public string Bounded(string connection, string kind, string? name, long hour)
    {
        if (name is null)
        {
            return EventNameLimit.Hidden;
        }

        if (hour != _hour)
        {
            // Names whose last hour was forgotten make room for others.
            _known.Clear();
            _hour = hour;
        }

        var scope = new NameScope(connection, kind);
        if (!_known.TryGetValue(scope, out var names))
        {
            _known.Add(scope, names = Read(scope));
        }

        if (names.Contains(name))
        {
            return name;
        }

        if (names.Count >= EventNameLimit.Most)
        {
            return EventNameLimit.Others;
        }

        names.Add(name);
        return name;
    }

    /// <summary>After a rollback, names may not have been written.</summary>
    public void Forget() => _known.Clear();

    public void Dispose() => _read.Dispose();

    private HashSet<string> Read(NameScope scope)
    {
        join();
        var names = new HashSet<string>(StringComparer.Ordinal);
        _read.Bind(1, scope.Connection).Bind(2, scope.Kind);
        while (_read.Read())
        {
            names.Add(_read.Text(0));
        }

        names.Remove(EventNameLimit.Hidden);
        names.Remove(EventNameLimit.Others);
        return names;
    }

    private readonly record struct NameScope(string Connection, string Kind);
}
