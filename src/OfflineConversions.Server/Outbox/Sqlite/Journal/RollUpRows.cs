using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>The counts of each hour, written by the transactions that they count. The writer's side.</summary>
internal sealed class RollUpRows(SqliteConnection connection) : IDisposable
{
    private readonly BoundedNames _names = new(connection);

    private readonly Statement _add = new(
        connection,
        """
        INSERT INTO journal_counts (hour, connection, kind, name, count) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (hour, connection, kind, name) DO UPDATE SET count = count + excluded.count
        """
    );

    private readonly Statement _prune = new(connection, "DELETE FROM journal_counts WHERE hour < ?1");

    /// <summary>What the transaction counts.</summary>
    public RollUpChanges Changes { get; } = new();

    /// <summary>Counts the arrivals of a block.</summary>
    public void Add(JournalBlock block, DateTimeOffset now)
    {
        var hour = RollUpChanges.HourOf(now);
        Changes.Add(block, (kind, count) =>
            Changes.Add(
                kind.Connection,
                RollUpKind.EventName,
                _names.Bounded(kind.Connection, RollUpKind.EventName, kind.EventName, hour),
                count
            )
        );
    }

    /// <summary>Writes what the transaction counted.</summary>
    public void Flush(DateTimeOffset now)
    {
        var hour = RollUpChanges.HourOf(now);
        foreach (var (key, count) in Changes.All)
        {
            _add.Bind(1, hour).Bind(2, key.Connection).Bind(3, key.Kind).Bind(4, key.Name).Bind(5, count).Execute();
        }

        Changes.Clear();
    }

    /// <summary>Forgets the hours before a time.</summary>
    public void Prune(DateTimeOffset before) => _prune.Bind(1, RollUpChanges.HourOf(before)).Execute();

    /// <summary>After a rollback nothing was counted.</summary>
    public void Forget()
    {
        Changes.Clear();
        _names.Forget();
    }

    public void Dispose()
    {
        _add.Dispose();
        _prune.Dispose();
        _names.Dispose();
    }
}
