using System.Buffers;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// The counts of each hour, written by the transactions that they count: one row for each transaction, which upkeep
/// adds to the counts of the hour. Changing a row for each count would cost a commit more than its events do. The
/// writer's side.
/// </summary>
internal sealed class RollUpRows : IDisposable
{
    private const int RowsPerSlice = 16_384;

    private readonly ArrayBufferWriter<byte> _content = new(1024);
    private readonly BoundedNames _names;
    private readonly Statement _note;
    private readonly Statement _noted;
    private readonly Statement _forget;
    private readonly Statement _add;
    private readonly Statement _prune;

    public RollUpRows(SqliteConnection connection)
    {
        _names = new BoundedNames(connection, Join);
        _note = new Statement(connection, "INSERT INTO journal_changes (content, hour, counts) VALUES (?1, ?2, ?3)");
        _noted = new Statement(
            connection,
            $"SELECT id, content, hour FROM journal_changes ORDER BY id LIMIT {RowsPerSlice}"
        );
        _forget = new Statement(connection, "DELETE FROM journal_changes WHERE id <= ?1");
        _add = new Statement(
            connection,
            """
            INSERT INTO journal_counts (hour, connection, kind, name, count) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (hour, connection, kind, name) DO UPDATE SET count = count + excluded.count
            """
        );
        _prune = new Statement(connection, "DELETE FROM journal_counts WHERE hour < ?1");
    }

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
        if (Changes.All.Count == 0)
        {
            return;
        }

        _content.ResetWrittenCount();
        foreach (var (key, count) in Changes.All)
        {
            StoredCounts.Write(key, count, _content);
        }

        _note.Bind(1, _content.WrittenSpan).Bind(2, RollUpChanges.HourOf(now)).Bind(3, Changes.All.Count).Execute();
        Changes.Clear();
    }

    /// <summary>Adds what transactions counted to the counts of their hours.</summary>
    public void Join()
    {
        var sums = new Dictionary<HourlyCount, long>();
        var last = 0L;
        while (_noted.Read())
        {
            last = _noted.Integer(0);
            StoredCounts.AddTo(sums, _noted.Integer(2), _noted.Span(1));
        }

        foreach (var ((hour, key), count) in sums)
        {
            _add.Bind(1, hour).Bind(2, key.Connection).Bind(3, key.Kind).Bind(4, key.Name).Bind(5, count).Execute();
        }

        if (last > 0)
        {
            _forget.Bind(1, last).Execute();
        }
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
        _note.Dispose();
        _noted.Dispose();
        _forget.Dispose();
        _add.Dispose();
        _prune.Dispose();
        _names.Dispose();
    }
}
