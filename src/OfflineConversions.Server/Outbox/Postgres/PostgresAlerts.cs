using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>
/// What was notified of alerts, and what still has to be, in a PostgreSQL outbox. Only the replica that has the task of
/// the lease saves anything.
/// </summary>
internal sealed class PostgresAlerts(Database database, ReplicaTasks tasks) : IAlertStore, IDisposable
{
    /// <summary>One call at a time, in their order.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public async ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async transaction =>
            {
                var state = await transaction.QueryAsync("SELECT content FROM offlineconversions.alert_state", row =>
                    row.GetString(0)
                );
                var waiting = await transaction.QueryAsync(
                    "SELECT id, webhook, content FROM offlineconversions.alert_notifications ORDER BY number",
                    row => new SavedNotification(row.GetString(0), row.GetString(1), row.GetString(2))
                );
                return new SavedAlerts(state.SingleOrDefault(), waiting);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<bool> SaveAlertsAsync(
        TaskLease lease,
        string state,
        IReadOnlyList<SavedNotification> added,
        CancellationToken cancellationToken
    ) =>
        await InTurnAsync(
            async transaction =>
            {
                if (!await tasks.HoldAsync(transaction, lease))
                {
                    return false;
                }

                await transaction.ExecuteAsync([
                    new DatabaseCommand(
                        """
                        INSERT INTO offlineconversions.alert_state (content, saved_at) VALUES ($1, $2)
                        ON CONFLICT (only_row) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at
                        """,
                        state,
                        transaction.NowMilliseconds
                    ),
                    new DatabaseCommand(
                        """
                        INSERT INTO offlineconversions.alert_notifications (id, webhook, content)
                        SELECT id, webhook, content FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY
                            AS added (id, webhook, content, place)
                        ORDER BY place
                        """,
                        added.Select(one => one.Id).ToArray(),
                        added.Select(one => one.Webhook).ToArray(),
                        added.Select(one => one.Content).ToArray()
                    ),
                ]);
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask RemoveNotificationAsync(string id, CancellationToken cancellationToken) =>
        await InTurnAsync(
            transaction =>
                transaction.ExecuteAsync("DELETE FROM offlineconversions.alert_notifications WHERE id = $1", id),
            cancellationToken
        );

    public void Dispose() => _turn.Dispose();

    private async Task<T> InTurnAsync<T>(Func<DatabaseTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await database.RunAsync(work, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
