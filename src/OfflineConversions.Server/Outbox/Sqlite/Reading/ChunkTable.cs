using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>
/// The connection on which chunks are claimed, by delivery and by erasures. One caller at a time has it, so no two
/// claim from snapshots of different ages.
/// </summary>
internal sealed class ChunkTable : IAsyncDisposable
{
    private readonly PayloadEncryption _encryption;
    private readonly Leases _leases;
    private readonly Statement _chunk;
    private readonly Statement _key;

    public ChunkTable(SqliteConnection connection, PayloadEncryption encryption, Leases leases)
    {
        (_encryption, _leases) = (encryption, leases);
        Connection = new ReadConnection(connection);
        _chunk = Connection.Prepare(
            """
            SELECT events, bytes, attempts, created_at, expires_at, ends, payload, destination, format
            FROM chunks WHERE id = ?1
            """
        );
        _key = Connection.Prepare("SELECT count(*) FROM payload_keys WHERE key = ?1");
    }

    /// <summary>Prepares further statements.</summary>
    public ReadConnection Connection { get; }

    /// <summary>Waits for its turn and reads from a snapshot in which every free chunk is as it is.</summary>
    public ValueTask<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken) =>
        Connection.ReadAsync(
            () =>
            {
                // The snapshot begins with the first row read, which is after this.
                _leases.BeginReading();
                try
                {
                    return read();
                }
                finally
                {
                    _leases.EndReading();
                }
            },
            cancellationToken
        );

    /// <summary>Finds a chunk. Its content is not loaded before <see cref="Read"/>.</summary>
    public ChunkSize Find(long id)
    {
        _chunk.Bind(1, id).Read();
        return new ChunkSize(_chunk.Integer(0), _chunk.Integer(1), _chunk.Integer(7));
    }

    /// <summary>
    /// The found chunk, without a lease; <see langword="null"/> if its content cannot be read or is not for this
    /// destination.
    /// </summary>
    public Chunk? Read(long id, StoredDestination destination)
    {
        var content = new RowContent(_chunk.Blob(6), _chunk.Integer(8), _chunk.Time(4), _chunk.Blob(5)).Read(
            _encryption,
            destination
        );
        return content.IsReadable
            ? new Chunk(id, default, destination.Value!, content.Events, (int)_chunk.Integer(2), _chunk.Time(3))
            : null;
    }

    /// <summary>
    /// Whether the found chunk is encrypted with a key that is missing. The number of each key was recorded before it
    /// was used, so an unknown number is damage.
    /// </summary>
    public bool IsWithoutKey => _encryption.FindMissingKey(_chunk.Blob(6)) is { } key && _key.Bind(1, key).Scalar() > 0;

    /// <summary>The found chunk is no longer needed.</summary>
    public void Release() => _chunk.Reset();

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

/// <summary>What a chunk's row says without its content.</summary>
/// <param name="Events">The number of its events.</param>
/// <param name="Bytes">The bytes of their payloads.</param>
/// <param name="DestinationId">The number of its destination.</param>
internal readonly record struct ChunkSize(long Events, long Bytes, long DestinationId);
