using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// What the file has of an event. The commit may have moved it: from a chunk that was partly settled or redirected,
/// whose age its new chunk has, or from the failed list; within its dataset or to another one of its connection. That
/// move has not happened.
/// </summary>
internal sealed class EarlierCopies(SqliteConnection connection, PayloadEncryption encryption) : IDisposable
{
    private readonly Statement _destination = new(
        connection,
        "SELECT connection, api, dataset, upload_tag FROM destinations WHERE id = ?1"
    );

    private readonly Statement _rows = new(
        connection,
        """
        SELECT payload, format, expires_at, ends, 0, connection, api, dataset, upload_tag
        FROM destinations CROSS JOIN chunks ON destination = destinations.id
        WHERE connection = ?1 AND created_at = ?2
        UNION ALL
        SELECT payload, format, expires_at, x'', 1, connection, api, dataset, upload_tag
        FROM destinations CROSS JOIN failed ON destination = destinations.id
        WHERE connection = ?1 AND (expires_at >= ?3 OR expires_at = 0)
        """
    );

    /// <summary>A destination; <see langword="null"/> if the file does not have it.</summary>
    public StoredDestination? FindDestination(long id)
    {
        var found = _destination.Bind(1, id).Read() ? StoredDestination.Read(_destination, 0) : null;
        _destination.Reset();
        return found;
    }

    /// <summary>The payloads that the events of a chunk may be copies of.</summary>
    public List<ReadOnlyMemory<byte>> Of(
        IncompleteChunk chunk,
        IReadOnlyList<StoredEvent> events,
        StoredDestination destination
    )
    {
        var payloads = new List<ReadOnlyMemory<byte>>();
        _rows
            .Bind(1, destination.Connection)
            .Bind(2, chunk.CreatedAt)
            .Bind(3, events.Min(stored => stored.ExpiresAt).ToUnixTimeMilliseconds());
        while (_rows.Read())
        {
            var content = new RowContent(
                _rows.Blob(0),
                _rows.Integer(1),
                _rows.Time(2),
                _rows.Integer(4) == 0 ? _rows.Blob(3) : null
            );
            var copies = content.Read(encryption, StoredDestination.Read(_rows, 5)).Events;
            payloads.AddRange(copies.Select(stored => stored.Payload));
        }

        return payloads;
    }

    public void Dispose()
    {
        _destination.Dispose();
        _rows.Dispose();
    }
}
