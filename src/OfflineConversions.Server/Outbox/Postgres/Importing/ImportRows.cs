using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Importing;

/// <summary>The rows of imports, as transactions change them.</summary>
internal static class ImportRows
{
    /// <summary>
    /// One replica at a time begins an import, so that two with one id do not get in each other's way.
    /// </summary>
    private const long LockKey = 0x0FF1_C0DE_0003;

    private const int ForgottenAtOnce = 10;

    /// <summary>See <see cref="IImportStore.BeginImportAsync"/>.</summary>
    public static async Task<ImportBeginning> BeginAsync(
        DatabaseTransaction transaction,
        NewImport import,
        DateTimeOffset forgetBefore,
        Guid replica
    )
    {
        await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock($1)", LockKey);
        await ForgetAsync(transaction, forgetBefore);
        var known = await FindAsync(transaction, import.Id);
        if (known is { Record.Import.IsDryRun: true })
        {
            await DeleteAsync(transaction, [known.Record.Number]);
            known = null;
        }

        if (known is null)
        {
            var number = await transaction.QueryAsync(
                """
                INSERT INTO offlineconversions.imports (
                    id, connection, dry_run, caller, state, run, replica, started_at)
                VALUES ($1, $2, $3, $4, $5, 1, $6, $7) RETURNING number
                """,
                row => row.GetInt64(0),
                import.Id,
                import.Connection,
                import.IsDryRun,
                import.Caller,
                nameof(ImportState.Running),
                replica,
                transaction.NowMilliseconds
            );
            return new ImportBeginning(new ImportRun(number[0], 1), Before: null);
        }

        if (import.IsDryRun || known.Record.Import.Connection != import.Connection)
        {
            return new ImportBeginning(default, known.Record, IsTaken: true);
        }

        await transaction.ExecuteAsync(
            """
            UPDATE offlineconversions.imports
            SET state = $2, run = run + 1, replica = $3, ended_at = NULL, problem = NULL
            WHERE number = $1
            """,
            known.Record.Number,
            nameof(ImportState.Running),
            replica
        );
        return new ImportBeginning(known.Run with { Number = known.Run.Number + 1 }, known.Record);
    }

    /// <summary>Locks the import of a run until the transaction ends.</summary>
    /// <returns>Whether the run is the current one.</returns>
    public static async Task<bool> LockAsync(DatabaseTransaction transaction, ImportRun run) =>
        (
            await transaction.QueryAsync(
                "SELECT run FROM offlineconversions.imports WHERE number = $1 AND run = $2 AND state = $3 FOR UPDATE",
                row => row.GetInt64(0),
                run.Import,
                run.Number,
                nameof(ImportState.Running)
            )
        ).Count > 0;

    /// <summary>Writes the progress of a run that is locked.</summary>
    public static Task SaveAsync(DatabaseTransaction transaction, ImportRun run, ImportStep step) =>
        transaction.ExecuteAsync([
            new DatabaseCommand(
                "UPDATE offlineconversions.imports SET progress = $2 WHERE number = $1",
                run.Import,
                StoredImport.Write(step.Progress)
            ),
            new DatabaseCommand(
                """
                INSERT INTO offlineconversions.import_rejections (import, row_number, field, reason)
                SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[])
                """,
                run.Import,
                step.Rejected.Select(rejected => rejected.Row).ToArray(),
                step.Rejected.Select(rejected => rejected.Column).ToArray(),
                step.Rejected.Select(rejected => rejected.Reason).ToArray()
            ),
        ]);

    /// <summary>Ends an import that is locked.</summary>
    public static Task EndAsync(DatabaseTransaction transaction, long import, ImportState state, string? problem) =>
        transaction.ExecuteAsync(
            "UPDATE offlineconversions.imports SET state = $2, problem = $3::text, ended_at = $4 WHERE number = $1",
            import,
            state.ToString(),
            problem,
            transaction.NowMilliseconds
        );

    /// <summary>The import with an id, locked until the transaction ends.</summary>
    public static async Task<StoredImport?> FindAsync(DatabaseTransaction transaction, string id) =>
        (
            await transaction.QueryAsync(
                $"SELECT {StoredImport.Columns} FROM offlineconversions.imports WHERE id = $2 FOR UPDATE",
                StoredImport.Read,
                transaction.NowMilliseconds,
                id
            )
        ).SingleOrDefault();

    private static async Task ForgetAsync(DatabaseTransaction transaction, DateTimeOffset before)
    {
        var ended = await transaction.QueryAsync(
            """
            SELECT number FROM offlineconversions.imports WHERE coalesce(ended_at, started_at) < $1
            ORDER BY number LIMIT $2
            """,
            row => row.GetInt64(0),
            transaction.Clock.FromReplica(before, transaction.Now).ToUnixTimeMilliseconds(),
            ForgottenAtOnce
        );
        await DeleteAsync(transaction, [.. ended]);
    }

    private static Task DeleteAsync(DatabaseTransaction transaction, long[] imports) =>
        transaction.ExecuteAsync([
            new DatabaseCommand("DELETE FROM offlineconversions.import_rejections WHERE import = ANY($1)", imports),
            new DatabaseCommand("DELETE FROM offlineconversions.imports WHERE number = ANY($1)", imports),
        ]);
}
