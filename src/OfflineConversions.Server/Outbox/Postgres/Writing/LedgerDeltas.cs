using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// The ledger as rows of what each transaction changed, so the sum of all rows is exact at any time, and no transaction
/// waits for another's.
/// </summary>
internal sealed class LedgerDeltas : LedgerChanges
{
    /// <summary>Adds a row for each connection, and starts again.</summary>
    public IEnumerable<DatabaseCommand> Insert()
    {
        List<DatabaseCommand> commands =
        [
            .. Changes.Select(change => new DatabaseCommand(
                "INSERT INTO offlineconversions.ledger_deltas VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                change.Key,
                change.Value.Accepted,
                change.Value.Delivered,
                change.Value.WaitingEvents,
                change.Value.WaitingBytes,
                change.Value.Failed,
                change.Value.Discarded,
                change.Value.Expired,
                change.Value.DeliveredAt
            )),
        ];
        Forget();
        return commands;
    }
}
