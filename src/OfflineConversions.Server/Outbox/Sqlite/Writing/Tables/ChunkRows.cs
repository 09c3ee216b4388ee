using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The rows of the chunks. The writer's side.</summary>
internal sealed class ChunkRows(SqliteConnection connection, ContentEncryption encryption) : IDisposable
{
    private readonly ChunkCompression _compression = new();

    private readonly Statement _insert = new(
        connection,
        $"""
        INSERT INTO chunks (
            destination, created_at, due_at, expires_at, attempts, events, bytes, ends, payload, closed, format)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, x'', ?8, ?9, {RowContent.Chunk})
        """
    );

    private readonly Statement _defer = new(connection, "UPDATE chunks SET due_at = ?2, attempts = ?3 WHERE id = ?1");

    private readonly Statement _complete = new(
        connection,
        $"UPDATE chunks SET ends = x'', payload = ?2, closed = ?3, format = {RowContent.Chunk} WHERE id = ?1"
    );

    private readonly Statement _hasten = new(
        connection,
        """
        UPDATE chunks SET due_at = ?3 WHERE due_at > ?3
            AND destination IN (SELECT id FROM destinations WHERE connection = ?1 AND dataset = ?2)
        """
    );

    // By destination, so that an index finds the rows and the start does not read the others.
    private readonly Statement _pullBackDue = new(
        connection,
        "UPDATE chunks SET due_at = ?1 WHERE destination IN (SELECT id FROM destinations) AND due_at > ?2"
    );

    private readonly Statement _pullBackAge = new(
        connection,
        "UPDATE chunks SET created_at = ?1 WHERE destination IN (SELECT id FROM destinations) AND created_at > ?1"
    );

    private readonly Statement _find = new(connection, "SELECT due_at, format FROM chunks WHERE id = ?1");

    private readonly Statement _read = new(
        connection,
        """
        SELECT events, bytes, attempts, destination, expires_at, payload, format, ends, created_at, due_at,
            connection, api, dataset, upload_tag
        FROM chunks JOIN destinations ON destinations.id = destination WHERE chunks.id = ?1
        """
    );

    private readonly Statement _delete = new(connection, "DELETE FROM chunks WHERE id = ?1");

    /// <returns>The number of the chunk.</returns>
    public long Insert(
        DestinationRow destination,
        DateTimeOffset createdAt,
        long dueAt,
        int attempts,
        ChunkBuilder content
    )
    {
        _insert
            .Bind(1, destination.Id)
            .Bind(2, createdAt.ToUnixTimeMilliseconds())
            .Bind(3, dueAt)
            .Bind(4, content.ExpiresAt.ToUnixTimeMilliseconds())
            .Bind(5, attempts)
            .Bind(6, content.Events)
            .Bind(7, content.PayloadBytes)
            .Bind(8, encryption.Encrypt(content.Complete(destination.Digest, _compression)))
            .Bind(9, encryption.Flag)
            .Execute();
        return _insert.LastInserted;
    }

    /// <summary>What a settlement needs to know of a chunk; <see langword="null"/> if it does not exist.</summary>
    public FoundChunk? Find(long id)
    {
        FoundChunk? found = _find.Bind(1, id).Read()
            ? new FoundChunk(_find.Integer(0), _find.Integer(1) == RowContent.BeforeChunkFormat)
            : null;
        _find.Reset();
        return found;
    }

    /// <summary>
    /// A chunk whose content or destination is damaged; <see langword="null"/> if it is intact or does not exist.
    /// </summary>
    public FoundUnreadable? FindUnreadable(long id, PayloadEncryption decryption)
    {
        var found = _read.Bind(1, id).Read() ? ReadUnreadable(decryption) : null;
        _read.Reset();
        return found;
    }

    /// <summary>Writes a row of an earlier version in today's form.</summary>
    public void Complete(long id, DestinationRow destination, ChunkBuilder content) =>
        _complete
            .Bind(1, id)
            .Bind(2, encryption.Encrypt(content.Complete(destination.Digest, _compression)))
            .Bind(3, encryption.Flag)
            .Execute();

    public void Defer(long id, long dueAt, int attempts) =>
        _defer.Bind(1, id).Bind(2, dueAt).Bind(3, attempts).Execute();

    /// <summary>Makes everything that waits for a later time in a dataset due now.</summary>
    public void Hasten(string connection, string dataset, DateTimeOffset now) =>
        _hasten.Bind(1, connection).Bind(2, dataset).Bind(3, now.ToUnixTimeMilliseconds()).Execute();

    /// <summary>
    /// Corrects times that a clock ahead of this one has written: what would wait longer than any schedule is due now,
    /// and what comes from the future is as old as this moment.
    /// </summary>
    /// <returns>The number of chunks that are due now.</returns>
    public int PullBack(DateTimeOffset now, TimeSpan longestWait)
    {
        _pullBackAge.Bind(1, now.ToUnixTimeMilliseconds()).Execute();
        return _pullBackDue
            .Bind(1, now.ToUnixTimeMilliseconds())
            .Bind(2, (now + longestWait).ToUnixTimeMilliseconds())
            .Execute();
    }

    public void Delete(long id) => _delete.Bind(1, id).Execute();

    private FoundUnreadable? ReadUnreadable(PayloadEncryption decryption)
    {
        var row = new RowContent(_read.Blob(5), _read.Integer(6), _read.Time(4), _read.Blob(7));
        var destination = StoredDestination.Read(_read, 10);
        var content = row.Read(decryption, destination);
        if (content.IsReadable)
        {
            return null;
        }

        var lost = Math.Max(1, UnreadableChunk.Plausible(_read.Integer(0)) - content.Events.Count);
        return new FoundUnreadable(
            new UnreadableChunk(_read.Integer(3), lost, _read.Integer(2)),
            destination,
            _read.Integer(1),
            row.ReadKeys(decryption)
        )
        {
            Intact = content.Events,
            CreatedAt = _read.Time(8),
            DueAt = _read.Integer(9),
        };
    }

    public void Dispose()
    {
        _insert.Dispose();
        _defer.Dispose();
        _hasten.Dispose();
        _pullBackDue.Dispose();
        _pullBackAge.Dispose();
        _find.Dispose();
        _read.Dispose();
        _complete.Dispose();
        _delete.Dispose();
        _compression.Dispose();
    }
}

/// <summary>A chunk that exists.</summary>
/// <param name="DueAt">When it is due, in Unix milliseconds.</param>
/// <param name="IsIncomplete">Whether a version before <see cref="ChunkFormat"/> wrote it.</param>
internal readonly record struct FoundChunk(long DueAt, bool IsIncomplete);

/// <summary>A chunk whose content is damaged.</summary>
/// <param name="Chunk">What moves to the failed list.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Bytes">The bytes that its row states.</param>
/// <param name="Keys">The deduplication keys that it still shows.</param>
internal sealed record FoundUnreadable(
    UnreadableChunk Chunk,
    StoredDestination Destination,
    long Bytes,
    IReadOnlyList<DeduplicationKey> Keys
)
{
    /// <summary>The events that are intact. Only chunks of earlier versions show which these are.</summary>
    public IReadOnlyList<StoredEvent> Intact { get; init; } = [];

    /// <summary>When the chunk was stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due, in Unix milliseconds.</summary>
    public long DueAt { get; init; }
}
