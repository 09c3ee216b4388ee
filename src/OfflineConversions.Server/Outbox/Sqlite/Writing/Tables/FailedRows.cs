using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The rows of the failed list. The writer's side.</summary>
internal sealed class FailedRows(SqliteConnection connection, ContentEncryption encryption) : IDisposable
{
    private const string Rows = """
        SELECT failed.id, connection, api, dataset, upload_tag, failed.expires_at, payload, format,
            failed_at
        FROM failed JOIN destinations ON destinations.id = failed.destination
        """;

    private readonly ChunkBuilder _content = new();

    private readonly Statement _insert = new(
        connection,
        $"""
        INSERT INTO failed (
            destination, failed_at, attempts, reason, code, subcode, title, trace_id, payload, expires_at, closed,
            format, field)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, {RowContent.Chunk}, ?12)
        """
    );

    private readonly Statement _select = new(
        connection,
        $"{Rows} WHERE {FailedCondition.Sql} AND failed.id > ?6 AND failed.id <= ?7 ORDER BY failed.id LIMIT ?8"
    );

    private readonly Statement _old = new(connection, $"{Rows} WHERE failed_at < ?1 ORDER BY failed_at LIMIT ?2");

    private readonly Statement _delete = new(connection, "DELETE FROM failed WHERE id = ?1");

    /// <returns>The number of the event on the list.</returns>
    public long Insert(
        DestinationRow destination,
        DateTimeOffset failedAt,
        int attempts,
        Burial burial,
        StoredEvent stored
    )
    {
        _content.Clear();
        _content.Add(stored);
        _insert
            .Bind(1, destination.Id)
            .Bind(2, failedAt.ToUnixTimeMilliseconds())
            .Bind(3, attempts)
            .Bind(4, burial.Reason)
            .Bind(5, burial.Code)
            .Bind(6, burial.Subcode)
            .Bind(7, burial.Title)
            .Bind(8, burial.TraceId)
            .Bind(9, encryption.Encrypt(_content.Complete(destination.Digest)))
            .Bind(10, stored.ExpiresAt.ToUnixTimeMilliseconds())
            .Bind(11, encryption.Flag)
            .Bind(12, burial.Field)
            .Execute();
        return _insert.LastInserted;
    }

    /// <summary>Adds the events of a damaged chunk.</summary>
    /// <returns>What the journal notes.</returns>
    public JournalSettlement Insert(UnreadableChunk chunk, DateTimeOffset failedAt) => chunk.Bury(connection, failedAt);

    /// <summary>The selected rows between two numbers, without the first, in order.</summary>
    public List<FailedRow> Find(FailedSelection selection, FailedSlice slice) =>
        Read(_select.Bind(selection).Bind(6, slice.After).Bind(7, slice.Last).Bind(8, slice.Most));

    /// <summary>The oldest rows that failed before a time.</summary>
    public List<FailedRow> Before(DateTimeOffset time, int most) =>
        Read(_old.Bind(1, time.ToUnixTimeMilliseconds()).Bind(2, most));

    public void Delete(long id) => _delete.Bind(1, id).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _select.Dispose();
        _old.Dispose();
        _delete.Dispose();
    }

    private static List<FailedRow> Read(Statement rows)
    {
        var found = new List<FailedRow>();
        while (rows.Read())
        {
            found.Add(
                new FailedRow(
                    rows.Integer(0),
                    StoredDestination.Read(rows, 1),
                    new RowContent(rows.Blob(6), rows.Integer(7), rows.Time(5)),
                    rows.Time(8)
                )
            );
        }

        return found;
    }
}

/// <summary>
/// What it takes to remove an event from the failed list. Its content stays as stored: it is read only to be sent
/// again.
/// </summary>
internal sealed record FailedRow(long Id, StoredDestination Destination, RowContent Content, DateTimeOffset FailedAt);
