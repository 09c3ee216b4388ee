using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;
using OfflineConversions.Server.Outbox.Postgres.Rows;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;

namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>
/// The database as one side of a move. A replica that shows signs of life keeps a move from closing it, and no replica
/// works with a closed one.
/// </summary>
internal sealed class PostgresMovableStore : IMovableStore
{
    /// <summary>Everything that a move moves.</summary>
    private static readonly string[] Tables =
    [
        "work",
        "bodies",
        "failed",
        "destinations",
        "deduplication_keys",
        "older_keys",
        "paused",
        "halts",
        "suppressed",
        "payload_keys",
        "ledger",
        "ledger_deltas",
        "journal",
        "journal_texts",
        "journal_settled",
        "journal_resolved",
        "journal_counts",
        "journal_count_deltas",
        "journal_answers",
        "alert_state",
        "alert_notifications",
        "imports",
        "import_rejections",
    ];

    /// <summary>Those that may have rows in a database that never had an event.</summary>
    private static readonly string[] OfNoEvent = ["payload_keys", "destinations", "alert_state", "alert_notifications"];

    private static readonly TransactionLimits Limits = new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));

    private readonly Database _database;

    private PostgresMovableStore(Database database) => _database = database;

    /// <inheritdoc/>
    public string Name => MoveMarkRow.Name;

    /// <summary>Connects, checks the server and the keys, and brings the tables up to date.</summary>
    /// <exception cref="SettingUnusableException">The database cannot be reached or used.</exception>
    public static async Task<PostgresMovableStore> OpenAsync(
        OutboxOptions options,
        TimeSpan longestWait,
        TimeProvider time,
        ILogger logger
    )
    {
        var database = new Database(DatabaseAddress.Open(options), new StoreClock(time, insteadOfDatabase: null));
        try
        {
            var opening = new Opening(database, new PayloadEncryption(options), longestWait, logger);
            await opening.RunAsync(CancellationToken.None);
            return new PostgresMovableStore(database);
        }
        catch (Exception error) when (DatabaseErrors.Describe(error) is { } problem)
        {
            await database.DisposeAsync();
            throw new SettingUnusableException(problem, error);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<MoveMark?> ReadMarkAsync() => RunAsync(MoveMarkRow.ReadAsync);

    /// <inheritdoc/>
    public Task WriteMarkAsync(MoveMark? mark) =>
        DescribedAsync(() =>
            Edition.ChangeAsync(
                _database,
                transaction => MoveClosing.WriteAsync(transaction, mark),
                CancellationToken.None
            )
        );

    /// <inheritdoc/>
    public Task<bool> IsEmptyAsync() =>
        RunAsync(async transaction =>
            (
                await transaction.QueryAsync(
                    "SELECT NOT ("
                        + string.Join(
                            " OR ",
                            Tables.Except(OfNoEvent).Select(table => $"EXISTS (SELECT FROM {Database.Schema}.{table})")
                        )
                        + ")",
                    row => row.GetBoolean(0)
                )
            )[0]
        );

    /// <inheritdoc/>
    public Task ClearAsync() =>
        RunAsync(async transaction =>
        {
            await transaction.ExecuteAsync([
                new DatabaseCommand(
                    $"TRUNCATE {string.Join(", ", Tables.Select(table => $"{Database.Schema}.{table}"))}"
                ),
                new DatabaseCommand(
                    """
                    DELETE FROM offlineconversions.move_progress
                    WHERE (SELECT is_closed FROM offlineconversions.state)
                    """
                ),
            ]);
            return true;
        });

    /// <inheritdoc/>
    public async Task<Dictionary<string, MoveProgress>> ReadProgressAsync() =>
        new(
            await RunAloneAsync(transaction =>
                transaction.QueryAsync(
                    "SELECT name, position, copied, is_done FROM offlineconversions.move_progress",
                    row =>
                        KeyValuePair.Create(
                            row.GetString(0),
                            new MoveProgress(row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3))
                        )
                )
            ),
            StringComparer.Ordinal
        );

    /// <inheritdoc/>
    public Task WriteProgressAsync(string table, MoveProgress progress) =>
        RunAloneAsync(transaction => NoteAsync(transaction, table, progress));

    /// <inheritdoc/>
    public Task<MoveSlice> ReadAsync(MoveTable table, long position) =>
        RunAsync(transaction => MoveReader.ReadAsync(transaction, table, position));

    /// <inheritdoc/>
    public Task WriteAsync(MoveTable table, IReadOnlyList<object?[]> rows, MoveProgress progress) =>
        RunAloneAsync(async transaction =>
        {
            await MoveWriter.WriteAsync(transaction, table, rows);
            return await NoteAsync(transaction, table.Name, progress);
        });

    /// <inheritdoc/>
    public Task<long> CountAsync(MoveTable table) =>
        RunAsync(async transaction =>
            (await transaction.QueryAsync(MoveRows.ByTable[table.Name].Count, row => row.GetInt64(0)))[0]
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<MoveCount>> CountWithoutPlaceAsync() => Task.FromResult<IReadOnlyList<MoveCount>>([]);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Task<int> NoteAsync(DatabaseTransaction transaction, string table, MoveProgress progress) =>
        transaction.ExecuteAsync(
            """
            INSERT INTO offlineconversions.move_progress (name, position, copied, is_done) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE
            SET position = excluded.position, copied = excluded.copied, is_done = excluded.is_done
            """,
            table,
            progress.Position,
            progress.Rows,
            progress.IsDone
        );

    /// <summary>
    /// Waits for the last transaction of a process that was killed: the server may not have noticed that yet, and its
    /// commit may be on its way.
    /// </summary>
    private Task<T> RunAloneAsync<T>(Func<DatabaseTransaction, Task<T>> work) =>
        RunAsync(async transaction =>
        {
            await transaction.ExecuteAsync("SELECT FROM offlineconversions.moves FOR UPDATE");
            return await work(transaction);
        });

    private Task<T> RunAsync<T>(Func<DatabaseTransaction, Task<T>> work) =>
        DescribedAsync(async () =>
        {
            await using var transaction = await _database.BeginAsync(Limits, CancellationToken.None);
            await transaction.StartAsync([], CancellationToken.None);
            var outcome = await work(transaction);
            await transaction.CommitAsync();
            return outcome;
        });

    /// <summary>A database that stops working ends the move, which goes on when the command is repeated.</summary>
    private static async Task<T> DescribedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (DatabaseErrors.Describe(error) is { } problem)
        {
            throw new MoveFailedException($"{problem} Repeat the command to go on where it was.", error);
        }
    }
}
