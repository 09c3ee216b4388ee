using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The imports. The writer's side.</summary>
internal sealed class ImportRows(SqliteConnection connection) : IDisposable
{
    private const string Running = nameof(ImportState.Running);
    private const int ForgottenAtOnce = 10;

    private readonly Statement _find = new(connection, $"SELECT {StoredImport.Columns} FROM imports WHERE id = ?1");
    private readonly Statement _insert = new(
        connection,
        $"""
        INSERT INTO imports (id, connection, dry_run, caller, state, run, started_at)
        VALUES (?1, ?2, ?3, ?4, '{Running}', 1, ?5) RETURNING number
        """
    );

    private readonly Statement _continue = new(
        connection,
        $"UPDATE imports SET state = '{Running}', run = run + 1, ended_at = NULL, problem = NULL WHERE number = ?1"
    );

    private readonly Statement _isCurrent = new(
        connection,
        $"SELECT count(*) FROM imports WHERE number = ?1 AND run = ?2 AND state = '{Running}'"
    );

    private readonly Statement _save = new(
        connection,
        """
        UPDATE imports SET rows = ?2, position = ?3, digest = ?4, head_position = ?5, head_digest = ?6, accepted = ?7,
            ignored = ?8, rejected = ?9, reasons = ?10, warnings = ?11, rows_per_hour = ?12
        WHERE number = ?1
        """
    );

    private readonly Statement _end = new(
        connection,
        "UPDATE imports SET state = ?2, problem = ?3, ended_at = ?4 WHERE number = ?1"
    );

    private readonly Statement _reject = new(
        connection,
        "INSERT INTO import_rejections (import, row, field, reason) VALUES (?1, ?2, ?3, ?4)"
    );

    private readonly Statement _ended = new(
        connection,
        "SELECT number FROM imports WHERE ifnull(ended_at, started_at) < ?1 ORDER BY number LIMIT ?2"
    );

    private readonly Statement _deleteRejections = new(connection, "DELETE FROM import_rejections WHERE import = ?1");
    private readonly Statement _delete = new(connection, "DELETE FROM imports WHERE number = ?1");

    public ImportBeginning Begin(NewImport import, DateTimeOffset forgetBefore, DateTimeOffset now)
    {
        Forget(forgetBefore);
        var known = Find(import.Id, out var run);
        if (known is { Import.IsDryRun: true })
        {
            Delete(known.Number);
            known = null;
        }

        if (known is null)
        {
            var number = _insert
                .Bind(1, import.Id)
                .Bind(2, import.Connection)
                .Bind(3, import.IsDryRun ? 1 : 0)
                .Bind(4, import.Caller)
                .Bind(5, now.ToUnixTimeMilliseconds())
                .Scalar();
            return new ImportBeginning(new ImportRun(number, 1), Before: null);
        }

        if (import.IsDryRun || known.Import.Connection != import.Connection)
        {
            return new ImportBeginning(default, known, IsTaken: true);
        }

        _continue.Bind(1, known.Number).Execute();
        return new ImportBeginning(run with { Number = run.Number + 1 }, known);
    }

    public bool IsCurrent(ImportRun run) => _isCurrent.Bind(1, run.Import).Bind(2, run.Number).Scalar() > 0;

    public void Save(ImportRun run, ImportStep step)
    {
        StoredImport.Bind(_save.Bind(1, run.Import), 2, step.Progress).Execute();
        foreach (var (row, column, reason) in step.Rejected)
        {
            _reject.Bind(1, run.Import).Bind(2, row).Bind(3, column).Bind(4, reason).Execute();
        }
    }

    public void End(ImportRun run, ImportEnd end, DateTimeOffset now)
    {
        if (!IsCurrent(run))
        {
            return;
        }

        if (end.Step is { } step)
        {
            Save(run, step);
        }

        End(run.Import, end.State, end.Problem, now);
    }

    public ImportRecord? Cancel(string id, DateTimeOffset now)
    {
        if (Find(id, out _) is { State: ImportState.Running or ImportState.Interrupted } import)
        {
            End(import.Number, ImportState.Cancelled, problem: null, now);
        }

        return Find(id, out _);
    }

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _continue.Dispose();
        _isCurrent.Dispose();
        _save.Dispose();
        _end.Dispose();
        _reject.Dispose();
        _ended.Dispose();
        _deleteRejections.Dispose();
        _delete.Dispose();
    }

    private ImportRecord? Find(string id, out ImportRun run)
    {
        var isKnown = _find.Bind(1, id).Read();
        var import = isKnown ? StoredImport.Read(_find) : null;
        run = isKnown ? StoredImport.RunOf(_find) : default;
        _find.Reset();
        return import;
    }

    private void End(long import, ImportState state, string? problem, DateTimeOffset now) =>
        _end.Bind(1, import).Bind(2, state.ToString()).Bind(3, problem).Bind(4, now.ToUnixTimeMilliseconds()).Execute();

    private void Forget(DateTimeOffset before)
    {
        var ended = new List<long>();
        _ended.Bind(1, before.ToUnixTimeMilliseconds()).Bind(2, ForgottenAtOnce);
        while (_ended.Read())
        {
            ended.Add(_ended.Integer(0));
        }

        ended.ForEach(Delete);
    }

    private void Delete(long import)
    {
        _deleteRejections.Bind(1, import).Execute();
        _delete.Bind(1, import).Execute();
    }
}
