using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Outbox.Postgres.Moving;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Moving;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>An SQLite file and an empty database, for moves between them.</summary>
internal sealed class MovableOutboxes : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new(fast: true);

    private MovableOutboxes(string database) => Database = database;

    public AdjustableTime Clock { get; } = new(Some.Now);

    public string Database { get; }

    public string Folder => _folder.Path;

    public string File => _folder.File("outbox.db");

    /// <summary>Whether payloads are encrypted.</summary>
    public bool Encrypt { get; set; }

    /// <summary>The name of the folder of the keys.</summary>
    public string Keys { get; set; } = "keys";

    public static async Task<MovableOutboxes> CreateAsync() =>
        new(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    /// <summary>The outbox in the file.</summary>
    public IOutboxStore OpenSqlite() =>
        new SqliteOutbox(Options, Clock, NullLogger<SqliteOutbox>.Instance, longestWait: LongestWait);

    /// <summary>The outbox in the database.</summary>
    public async Task<IOutboxStore> OpenPostgresAsync() =>
        await PostgresOutbox.OpenAsync(
            Options,
            Clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(LongestWait, UsesDatabaseClock: false)
        );

    /// <summary>Fills the outbox in the file.</summary>
    /// <returns>What it answers.</returns>
    public async Task<string> FillSqliteAsync()
    {
        await using var outbox = OpenSqlite();
        await FilledOutbox.FillAsync(outbox, Clock);
        return await OutboxAnswers.AskAsync(outbox);
    }

    /// <summary>Moves the file into the database, as one process does.</summary>
    /// <param name="mostWrites">After so many transactions the process is killed.</param>
    public Task<MoveReport> ToPostgresAsync(int mostWrites = int.MaxValue) =>
        MoveAsync(OpenFile, OpenDatabaseAsync, mostWrites);

    /// <summary>Moves the database into the file.</summary>
    /// <inheritdoc cref="ToPostgresAsync"/>
    public Task<MoveReport> ToSqliteAsync(int mostWrites = int.MaxValue) =>
        MoveAsync(OpenDatabaseAsync, OpenFile, mostWrites);

    /// <summary>Gives up a move into the database.</summary>
    public async Task CancelAsync(bool isTargetGone = false)
    {
        await using var source = await OpenFile();
        if (isTargetGone)
        {
            await OutboxMove.CancelAsync(source, target: null);
            return;
        }

        await using var target = await OpenDatabaseAsync();
        await OutboxMove.CancelAsync(source, target);
    }

    public void Dispose() => _folder.Dispose();

    private OutboxOptions Options =>
        new()
        {
            Provider = OutboxProvider.PostgreSql,
            ConnectionString = Database,
            Path = File,
            Encrypt = Encrypt,
            KeyDirectory = _folder.File(Keys),
        };

    private async Task<MoveReport> MoveAsync(
        Func<Task<IMovableStore>> openSource,
        Func<Task<IMovableStore>> openTarget,
        int mostWrites
    )
    {
        var writes = new WritesUntilKilled(mostWrites);
        await using var source = new KilledStore(await openSource(), writes);
        await using var target = new KilledStore(await openTarget(), writes);
        return await new OutboxMove(source, target, Clock).RunAsync(default);
    }

    private Task<IMovableStore> OpenFile() =>
        Task.FromResult<IMovableStore>(SqliteMovableStore.Open(Options, Clock, NullLogger.Instance, mustExist: false));

    // By the database's clock, as the command: whether a replica is alive does not depend on a clock of tests.
    private async Task<IMovableStore> OpenDatabaseAsync() =>
        await PostgresMovableStore.OpenAsync(
            Options,
            TimeSpan.FromDays(3650),
            TimeProvider.System,
            NullLogger.Instance
        );
}
