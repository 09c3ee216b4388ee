using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Reading;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>
/// Pauses and halts in a PostgreSQL outbox. Each change is one statement, so replicas cannot get in between.
/// </summary>
internal sealed class PostgresConnectionStates(OperatorReader reader, Database database) : IConnectionStateStore
{
    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public async ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                paused
                    ? transaction.ExecuteAsync(
                        "INSERT INTO offlineconversions.paused VALUES ($1, $2) ON CONFLICT DO NOTHING",
                        connection,
                        transaction.NowMilliseconds
                    )
                    : transaction.ExecuteAsync(
                        "DELETE FROM offlineconversions.paused WHERE connection = $1",
                        connection
                    ),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        reader.PausedAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) =>
        await database.RunAsync(
            async transaction =>
            {
                var probeAt = transaction.Now + probeIn;
                var stored = await transaction.QueryAsync(
                    """
                    INSERT INTO offlineconversions.halts (connection, dataset, reason, since, probe_at)
                    VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (connection, dataset)
                    DO UPDATE SET reason = excluded.reason, probe_at = excluded.probe_at
                    RETURNING since, xmax = 0
                    """,
                    row => new HaltChange(
                        new Halt(
                            scope,
                            reason,
                            database.Clock.ToReplica(ChunkFormat.ReadTime(row.GetInt64(0)), transaction.Now),
                            database.Clock.ToReplica(probeAt, transaction.Now)
                        ),
                        row.GetBoolean(1)
                    ),
                    scope.Connection,
                    Dataset(scope),
                    reason,
                    transaction.NowMilliseconds,
                    probeAt.ToUnixTimeMilliseconds()
                );
                return stored[0];
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<bool> TryProbeAsync(
        HaltScope scope,
        TimeSpan patience,
        CancellationToken cancellationToken
    ) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    """
                    UPDATE offlineconversions.halts SET probe_at = $4
                    WHERE connection = $1 AND dataset = $2 AND probe_at <= $3
                    """,
                    scope.Connection,
                    Dataset(scope),
                    transaction.NowMilliseconds,
                    (transaction.Now + patience).ToUnixTimeMilliseconds()
                ),
            cancellationToken
        ) > 0;

    /// <inheritdoc/>
    public async ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    "UPDATE offlineconversions.halts SET probe_at = $2 WHERE connection = $1 AND probe_at > $2",
                    connection,
                    transaction.NowMilliseconds
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        await database.RunAsync(
            transaction =>
                transaction.ExecuteAsync(
                    "DELETE FROM offlineconversions.halts WHERE connection = $1 AND dataset = $2",
                    scope.Connection,
                    Dataset(scope)
                ),
            cancellationToken
        ) > 0;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        reader.HaltsAsync(cancellationToken);

    /// <summary>The dataset column: empty for a halt of the whole connection.</summary>
    private static string Dataset(HaltScope scope) => scope.DatasetId ?? string.Empty;
}
