using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>The counts of each hour, written by the transactions that they count. The writer's side.</summary>
internal sealed class RollUpRows(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<CountKey, long> _changes = [];
    private readonly BoundedNames _names = new(connection);

    private readonly Statement _add = new(
        connection,
        """
        INSERT INTO journal_counts (hour, connection, kind, name, count) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (hour, connection, kind, name) DO UPDATE SET count = count + excluded.count
        """
    );

    private readonly Statement _prune = new(connection, "DELETE FROM journal_counts WHERE hour < ?1");

    /// <summary>The start of an hour in Unix milliseconds.</summary>
    public static long HourOf(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds()
        / (long)TimeSpan.FromHours(1).TotalMilliseconds
        * (long)TimeSpan.FromHours(1).TotalMilliseconds;

    /// <summary>Adds to a count.</summary>
    public void Add(string connection, string kind, string name, long count)
    {
        if (count != 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_changes, new CountKey(connection, kind, name), out _) += count;
        }
    }

    /// <summary>Adds to the count of an event's name, of which each connection has a limited number.</summary>
    public void AddName(string connection, string kind, string? name, long count, DateTimeOffset now) =>
        Add(connection, kind, _names.Bounded(connection, kind, name, HourOf(now)), count);

    /// <summary>Writes what the transaction counted.</summary>
    public void Flush(DateTimeOffset now)
    {
        if (_changes.Count == 0)
        {
            return;
        }

        var hour = HourOf(now);
        foreach (var (key, count) in _changes)
        {
            _add.Bind(1, hour).Bind(2, key.Connection).Bind(3, key.Kind).Bind(4, key.Name).Bind(5, count).Execute();
        }

        _changes.Clear();
    }

    /// <summary>Forgets the hours before a time.</summary>
    public void Prune(DateTimeOffset before) => _prune.Bind(1, HourOf(before)).Execute();

    /// <summary>After a rollback nothing was counted.</summary>
    public void Forget()
    {
        _changes.Clear();
        _names.Forget();
    }

    public void Dispose()
    {
        _add.Dispose();
        _prune.Dispose();
        _names.Dispose();
    }

    private readonly record struct CountKey(string Connection, string Kind, string Name);
}
