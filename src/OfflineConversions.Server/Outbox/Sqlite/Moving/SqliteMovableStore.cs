using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Moving;

/// <summary>The file as one side of a move. Its lock keeps the service out.</summary>
internal sealed class SqliteMovableStore : IMovableStore
{
    /// <summary>Everything that a move moves, and what has no place elsewhere.</summary>
    private static readonly string[] Tables =
    [
        "chunks",
        "failed",
        "destinations",
        "taken_keys",
        "paused",
        "halts",
        "suppressed",
        "payload_keys",
        "ledger",
        "journal",
        "journal_fresh",
        "journal_texts",
        "journal_settled",
        "journal_resolved",
        "journal_counts",
        "journal_changes",
        "journal_answers",
        "imports",
        "import_rejections",
        "alert_state",
        "alert_notifications",
        "recoveries",
    ];

    /// <summary>Those that may have rows in an outbox that never had an event.</summary>
    private static readonly string[] OfNoEvent = ["payload_keys", "alert_state", "alert_notifications", "recoveries"];

    private readonly DatabaseFile _file;
    private readonly SqliteConnection _connection;
    private readonly MoveReader _reader;
    private readonly MoveWriter _writer;

    private SqliteMovableStore(DatabaseFile file, string path)
    {
        _file = file;
        _connection = file.OpenWriter();
        _reader = new MoveReader(_connection, file.Encryption);
        _writer = new MoveWriter(_connection);
        Name = $"the SQLite file '{path}'";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Opens the file, and recovers and migrates it if necessary.</summary>
    /// <param name="options">Where it is, and its encryption.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Reports recovery.</param>
    /// <param name="mustExist">Whether a missing file is an error; otherwise it is created.</param>
    /// <exception cref="SettingUnusableException">
    /// The file is missing, in use or of a newer program, or a key of its events is missing.
    /// </exception>
    public static SqliteMovableStore Open(OutboxOptions options, TimeProvider time, ILogger logger, bool mustExist)
    {
        if (mustExist && !File.Exists(options.Path))
        {
            throw new SettingUnusableException(
                $"There is no outbox to move: the file '{options.Path}' of Outbox:Path does not exist."
            );
        }

        var file = new DatabaseFile(options, time, logger, forMove: true);
        try
        {
            return new SqliteMovableStore(file, options.Path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<MoveMark?> ReadMarkAsync() => Task.FromResult(MoveMarkRow.Read(_connection));

    /// <inheritdoc/>
    public Task WriteMarkAsync(MoveMark? mark)
    {
        if (mark?.Stage == MoveStage.Leaving)
        {
            JoinCounts();
        }

        return CommitAsync(() =>
        {
            MoveMarkRow.Write(_connection, mark);
            if (mark?.Stage is null or MoveStage.Leaving or MoveStage.Arriving)
            {
                Execute("DELETE FROM move_progress");
            }
        });
    }

    /// <inheritdoc/>
    public Task<bool> IsEmptyAsync() =>
        Task.FromResult(
            Tables.Except([.. OfNoEvent, "destinations"]).All(table => Number($"SELECT count(*) FROM {table}") == 0)
        );

    /// <inheritdoc/>
    public async Task ClearAsync()
    {
        await CommitAsync(() =>
        {
            foreach (var table in Tables)
            {
                Execute($"DELETE FROM {table}");
            }

            if (MoveMarkRow.Read(_connection) is { IsOpen: false })
            {
                Execute("DELETE FROM move_progress");
            }
        });

        // Nothing of it stays in free pages or in the WAL.
        Execute("VACUUM");
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <inheritdoc/>
    public Task<Dictionary<string, MoveProgress>> ReadProgressAsync()
    {
        var progress = new Dictionary<string, MoveProgress>(StringComparer.Ordinal);
        using var rows = new Statement(_connection, "SELECT name, position, copied, is_done FROM move_progress");
        while (rows.Read())
        {
            progress[rows.Text(0)] = new MoveProgress(rows.Integer(1), rows.Integer(2), rows.Integer(3) != 0);
        }

        return Task.FromResult(progress);
    }

    /// <inheritdoc/>
    public Task WriteProgressAsync(string table, MoveProgress progress) => CommitAsync(() => Note(table, progress));

    /// <inheritdoc/>
    public Task<MoveSlice> ReadAsync(MoveTable table, long position) => Task.FromResult(_reader.Read(table, position));

    /// <inheritdoc/>
    public Task WriteAsync(MoveTable table, IReadOnlyList<object?[]> rows, MoveProgress progress) =>
        CommitAsync(() =>
        {
            _writer.Write(table, rows);
            Note(table.Name, progress);
        });

    /// <inheritdoc/>
    public Task<long> CountAsync(MoveTable table) => Task.FromResult(Number(MoveRows.ByTable[table.Name].Count));

    /// <inheritdoc/>
    public Task<IReadOnlyList<MoveCount>> CountWithoutPlaceAsync() =>
        Task.FromResult<IReadOnlyList<MoveCount>>([
            new("notices of a recovered file", Number("SELECT count(*) FROM recoveries")),
        ]);

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Upkeep may not have added up the counts of the last commits.</summary>
    private void JoinCounts()
    {
        while (Number("SELECT count(*) FROM journal_changes") > 0)
        {
            using var counts = new RollUpRows(_connection);
            Commit(counts.Join);
        }
    }

    private void Note(string table, MoveProgress progress)
    {
        using var note = new Statement(
            _connection,
            "INSERT OR REPLACE INTO move_progress (name, position, copied, is_done) VALUES (?1, ?2, ?3, ?4)"
        );
        note.Bind(1, table)
            .Bind(2, progress.Position)
            .Bind(3, progress.Rows)
            .Bind(4, progress.IsDone ? 1 : 0)
            .Execute();
    }

    private Task CommitAsync(Action change)
    {
        Commit(change);
        return Task.CompletedTask;
    }

    private void Commit(Action change)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            change();
            Execute("COMMIT");
        }
        catch
        {
            Execute("ROLLBACK");
            throw;
        }
    }

    private void Execute(string sql)
    {
        using var statement = new Statement(_connection, sql);
        statement.Execute();
    }

    private long Number(string sql)
    {
        using var statement = new Statement(_connection, sql);
        return statement.Scalar();
    }
}
