using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>What waits in a dataset. The writer's side.</summary>
internal sealed class PendingRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _any = new(
        connection,
        """
        SELECT EXISTS (SELECT 1 FROM destinations JOIN chunks ON chunks.destination = destinations.id
            WHERE destinations.connection = ?1 AND destinations.dataset = ?2)
        """
    );

    /// <summary>Whether anything waits in a dataset.</summary>
    public bool Any(PendingScope scope) => _any.Bind(1, scope.Connection).Bind(2, scope.DatasetId).Scalar() != 0;

    public void Dispose() => _any.Dispose();
}
