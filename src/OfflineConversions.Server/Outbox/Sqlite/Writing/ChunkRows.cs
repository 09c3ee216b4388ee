using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The rows of the chunks: payloads one after the other, and where each ends (int32, little-endian). The writer's side.
/// </summary>
internal sealed class ChunkRows(SqliteConnection connection, PayloadKeys keys) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        INSERT INTO chunks (destination, created_at, due_at, expires_at, attempts, events, bytes, ends, payload, closed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """
    );

    private readonly Statement _defer = new(connection, "UPDATE chunks SET due_at = ?2, attempts = ?3 WHERE id = ?1");

    private readonly Statement _hasten = new(
        connection,
        "UPDATE chunks SET due_at = ?3 WHERE due_at > ?3 AND destination IN (SELECT id FROM destinations WHERE connection = ?1 AND dataset = ?2)"
    );

    private readonly Statement _dueOf = new(connection, "SELECT due_at FROM chunks WHERE id = ?1");

    private readonly Statement _delete = new(connection, "DELETE FROM chunks WHERE id = ?1");

    public void Insert(
        long destination,
        DateTimeOffset createdAt,
        long dueAt,
        DateTimeOffset expiresAt,
        int attempts,
        ChunkContent content
    ) =>
        _insert
            .Bind(1, destination)
            .Bind(2, createdAt.ToUnixTimeMilliseconds())
            .Bind(3, dueAt)
            .Bind(4, expiresAt.ToUnixTimeMilliseconds())
            .Bind(5, attempts)
            .Bind(6, content.Events)
            .Bind(7, content.Bytes)
            .Bind(8, content.Ends)
            .Bind(9, keys.Close(content.Payload))
            .Bind(10, keys.Closed)
            .Execute();

    /// <summary>When the chunk is due, or <see langword="null"/> where there is no such chunk.</summary>
    public long? DueOf(long id)
    {
        long? due = _dueOf.Bind(1, id).Read() ? _dueOf.Integer(0) : null;
        _dueOf.Reset();
        return due;
    }

    public void Defer(long id, long dueAt, int attempts) =>
        _defer.Bind(1, id).Bind(2, dueAt).Bind(3, attempts).Execute();

    /// <summary>Whatever waits for its time is due now.</summary>
    public void Hasten(string connection, string dataset, DateTimeOffset now) =>
        _hasten.Bind(1, connection).Bind(2, dataset).Bind(3, now.ToUnixTimeMilliseconds()).Execute();

    public void Delete(long id) => _delete.Bind(1, id).Execute();

    /// <summary>
    /// Cuts a payload where its events end; <see langword="null"/> where a damaged row does not say that.
    /// </summary>
    public static ReadOnlyMemory<byte>[]? Cut(byte[] payload, byte[] ends)
    {
        var events = new ReadOnlyMemory<byte>[ends.Length / sizeof(int)];
        var start = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var end = BinaryPrimitives.ReadInt32LittleEndian(ends.AsSpan(i * sizeof(int)));
            if (end <= start || end > payload.Length)
            {
                return null;
            }

            events[i] = payload.AsMemory(start, end - start);
            start = end;
        }

        return events.Length > 0 && start == payload.Length ? events : null;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _defer.Dispose();
        _hasten.Dispose();
        _dueOf.Dispose();
        _delete.Dispose();
    }
}
