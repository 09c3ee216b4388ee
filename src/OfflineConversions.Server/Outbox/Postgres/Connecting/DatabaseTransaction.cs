using System.Globalization;
using Npgsql;

namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>
/// One transaction. Limits are set with it, not with the session, because behind pgbouncer the session belongs to
/// others before and after.
/// </summary>
internal sealed class DatabaseTransaction(
    NpgsqlConnection connection,
    NpgsqlTransaction transaction,
    StoreClock clock,
    ServerWatch server,
    TransactionLimits limits
) : IAsyncDisposable
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(30);

    /// <summary>The store's clock.</summary>
    public StoreClock Clock => clock;

    /// <summary>The store's time when the transaction began.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The same in Unix milliseconds.</summary>
    public long NowMilliseconds => Now.ToUnixTimeMilliseconds();

    /// <summary>How long the database server has accepted writes. See <see cref="ServerWatch"/>.</summary>
    public TimeSpan ServerAge { get; private set; }

    /// <summary>Sets the limits, reads the clock, and runs first statements in the same round trip.</summary>
    public async Task StartAsync(IReadOnlyList<DatabaseCommand> first, CancellationToken cancellationToken)
    {
        await using var batch = Batch([
            new DatabaseCommand(
                """
                SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
                    set_config('idle_in_transaction_session_timeout', $3, true),
                    (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
                    (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint
                """,
                Text(limits.Statement),
                Text(limits.Lock),
                Text(LongestIdle)
            ),
            .. first,
        ]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Now = clock.Now(reader.GetInt64(3));
        ServerAge = server.AgeOf(
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3))
        );
        foreach (var command in first)
        {
            await reader.NextResultAsync(cancellationToken);
            while (command.Read is { } read && await reader.ReadAsync(cancellationToken))
            {
                read(reader);
            }
        }
    }

    /// <summary>Runs one statement.</summary>
    /// <returns>The number of changed rows.</returns>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var batch = Batch([new DatabaseCommand(sql, values)]);
        return await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Runs statements in one round trip.</summary>
    public async Task ExecuteAsync(IReadOnlyList<DatabaseCommand> commands)
    {
        if (commands.Count > 0)
        {
            await using var batch = Batch(commands);
            await batch.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Reads the rows of one statement.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        var rows = new List<T>();
        await using var batch = Batch([new DatabaseCommand(sql, values)]);
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Commits. When it returns, everything is on disk.</summary>
    /// <exception cref="CommitInDoubtException">The connection broke meanwhile.</exception>
    public async Task CommitAsync()
    {
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception error) when (!DatabaseErrors.IsConflict(error) && DatabaseErrors.Describe(error) is not null)
        {
            throw new CommitInDoubtException(error);
        }
    }

    /// <summary>Rolls back, unless it was committed.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception broken) when (broken is NpgsqlException or IOException or InvalidOperationException)
        {
            // The connection is broken, and the server rolls back by itself.
        }

        await connection.DisposeAsync();
    }

    private static string Text(TimeSpan limit) =>
        ((long)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private NpgsqlBatch Batch(IReadOnlyList<DatabaseCommand> commands)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        if (limits.Statement > TransactionLimits.Short.Statement)
        {
            // The server's limit comes first, so that the connection stays usable.
            batch.Timeout = (int)(limits.Statement + LongestIdle).TotalSeconds;
        }

        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command.Build());
        }

        return batch;
    }
}
