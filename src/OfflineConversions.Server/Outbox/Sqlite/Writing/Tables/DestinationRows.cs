using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// The numbers of the destinations, by which chunk rows name them. The writer's side.
/// </summary>
internal sealed class DestinationRows(SqliteConnection connection) : IDisposable
{
    private const int Few = 200;

    private readonly Dictionary<Destination, DestinationRow> _rows = [];

    private readonly Statement _find = new(
        connection,
        "SELECT id FROM destinations WHERE connection = ?1 AND api = ?2 AND dataset = ?3 AND upload_tag IS ?4"
    );

    private readonly Statement _insert = new(
        connection,
        "INSERT INTO destinations (connection, api, dataset, upload_tag) VALUES (?1, ?2, ?3, ?4) RETURNING id"
    );

    private readonly Statement _count = new(connection, "SELECT count(*) FROM destinations");
    private readonly Statement _lastOfSlice = new(
        connection,
        $"SELECT ifnull(max(id), 0) FROM (SELECT id FROM destinations WHERE id > ?1 ORDER BY id LIMIT {Few})"
    );

    // The highest stays, so that its number is never reused.
    private readonly Statement _prune = new(
        connection,
        """
        DELETE FROM destinations WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM destinations)
            AND NOT EXISTS (SELECT 1 FROM chunks WHERE destination = destinations.id)
            AND NOT EXISTS (SELECT 1 FROM failed WHERE destination = destinations.id)
        """
    );

    private long _looked;

    /// <summary>The destination's row; a new one gets it in the running transaction.</summary>
    public DestinationRow RowOf(Destination destination)
    {
        if (!_rows.TryGetValue(destination, out var row))
        {
            var stored = StoredDestination.Of(destination);
            var id = Run(_find, stored);
            row = new DestinationRow(id == 0 ? Run(_insert, stored) : id, stored.Digest);
            _rows.Add(destination, row);
        }

        return row;
    }

    /// <summary>
    /// If there are many, deletes those among the next few that no event waits or has failed for. A shop has a handful,
    /// but some callers choose the upload tag. A deleted destination comes back with its next event.
    /// </summary>
    public void Prune()
    {
        if (_count.Scalar() <= Few)
        {
            return;
        }

        var last = _lastOfSlice.Bind(1, _looked).Scalar();
        if (_prune.Bind(1, _looked).Bind(2, last).Execute() > 0)
        {
            _rows.Clear();
        }

        _looked = last; // 0 after the last one: start again.
    }

    /// <summary>After a rollback, and after damage, the cached numbers cannot be trusted.</summary>
    public void Forget() => _rows.Clear();

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _count.Dispose();
        _lastOfSlice.Dispose();
        _prune.Dispose();
    }

    private static long Run(Statement statement, StoredDestination destination) =>
        statement
            .Bind(1, destination.Connection)
            .Bind(2, destination.Api)
            .Bind(3, destination.DatasetId)
            .Bind(4, destination.UploadTag)
            .Scalar();
}

/// <summary>What the rows of chunks and failed events need of their destination.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Digest">Its part in their checksums.</param>
internal readonly record struct DestinationRow(long Id, long Digest);
