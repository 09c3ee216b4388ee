using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

namespace OfflineConversions.Server.Outbox.Sqlite.Pending;

/// <summary>
/// Lists and counts what waits, on a separate connection. An index returns each destination's chunks by age, so the
/// cost of a page grows with the page and the number of destinations, and never with the backlog.
/// </summary>
internal sealed class PendingReader : IAsyncDisposable
{
    private readonly PayloadEncryption _encryption;
    private readonly Leases _leases;
    private readonly Action _noteDamage;
    private readonly ReadConnection _reader;
    private readonly Statement _destinations;
    private readonly Statement _newest;
    private readonly Statement _chunk;
    private readonly Statement _sizes;

    public PendingReader(SqliteConnection connection, PayloadEncryption encryption, Leases leases, Action noteDamage)
    {
        (_encryption, _leases, _noteDamage) = (encryption, leases, noteDamage);
        _reader = new ReadConnection(connection);
        _destinations = _reader.Prepare(
            """
            SELECT id, connection, api, dataset, upload_tag FROM destinations
            WHERE (?1 IS NULL OR connection = ?1) AND (?2 IS NULL OR dataset = ?2)
            """
        );
        _newest = _reader.Prepare(
            """
            SELECT created_at, id, events FROM chunks
            WHERE destination = ?1 AND created_at <= ?2 AND (created_at < ?2 OR id <= ?3)
            ORDER BY created_at DESC, id DESC LIMIT 1
            """
        );
        _chunk = _reader.Prepare(
            "SELECT attempts, due_at, payload, format, expires_at, ends FROM chunks WHERE id = ?1"
        );
        _sizes = _reader.Prepare("SELECT id, events FROM chunks WHERE destination = ?1");
    }

    /// <summary>See <see cref="IPendingList.PendingAsync"/>.</summary>
    public ValueTask<PendingPage> PageAsync(PendingQuery query, CancellationToken cancellationToken) =>
        _reader.ReadAsync(() => ReadPage(query), cancellationToken);

    /// <summary>See <see cref="IPendingList.CountPendingAsync"/>.</summary>
    public ValueTask<PendingCount> CountAsync(PendingScope scope, CancellationToken cancellationToken) =>
        _reader.ReadAsync(() => Count(scope), cancellationToken);

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private PendingCount Count(PendingScope scope)
    {
        var (events, inFlight) = (0L, 0L);
        foreach (var destination in DestinationsOf(scope.Connection, scope.DatasetId))
        {
            _sizes.Bind(1, destination.Id);
            while (_sizes.Read())
            {
                if (_leases.IsHeld(_sizes.Integer(0)))
                {
                    inFlight += _sizes.Integer(1);
                }
                else
                {
                    events += _sizes.Integer(1);
                }
            }
        }

        return new PendingCount(events, inFlight);
    }

    private PendingPage ReadPage(PendingQuery query)
    {
        var heads = new PriorityQueue<PendingChunk, PendingPosition>(PendingChunk.NewestFirst);
        var (storedAt, chunk) = query.After is { } after
            ? (after.StoredAt, after.Chunk)
            : (long.MaxValue, long.MaxValue);
        foreach (var destination in DestinationsOf(query.Connection, query.DatasetId))
        {
            Enqueue(heads, destination, storedAt, chunk);
        }

        var page = new PendingPageBuilder(query);
        while (!page.IsFull && heads.TryDequeue(out var head, out var position))
        {
            page.Add(Read(head));
            Enqueue(heads, head.Row, position.StoredAt, position.Chunk - 1);
        }

        return page.Build(hasMore: heads.Count > 0);
    }

    private List<PendingDestination> DestinationsOf(string? connection, string? dataset)
    {
        var found = new List<PendingDestination>();
        _destinations.Bind(1, connection).Bind(2, dataset);
        while (_destinations.Read())
        {
            found.Add(new PendingDestination(_destinations.Integer(0), StoredDestination.Read(_destinations, 1)));
        }

        return found;
    }

    /// <summary>Adds a destination's newest chunk up to a place.</summary>
    private void Enqueue(
        PriorityQueue<PendingChunk, PendingPosition> heads,
        PendingDestination row,
        long storedAt,
        long chunk
    )
    {
        if (_newest.Bind(1, row.Id).Bind(2, storedAt).Bind(3, chunk).Read())
        {
            var position = new PendingPosition(_newest.Integer(0), _newest.Integer(1), Event: 0);
            heads.Enqueue(new PendingChunk(row, position, _newest.Integer(2)), position);
        }

        _newest.Reset();
    }

    /// <summary>The chunk with its content. What is damaged stays in the list, as unreadable.</summary>
    private WaitingChunk Read(PendingChunk chunk)
    {
        var isInFlight = _leases.IsHeld(chunk.Position.Chunk);
        try
        {
            _chunk.Bind(1, chunk.Position.Chunk).Read();
            var content = new RowContent(_chunk.Blob(2), _chunk.Integer(3), _chunk.Time(4), _chunk.Blob(5)).Read(
                _encryption,
                chunk.Row.Destination
            );
            return chunk.With((int)_chunk.Integer(0), _chunk.Time(1), isInFlight, content.Events);
        }
        catch (SqliteException error) when (DiskErrors.IsDamage(error))
        {
            _noteDamage();
            return chunk.With(0, ChunkFormat.ReadTime(chunk.Position.StoredAt), isInFlight, []);
        }
        finally
        {
            _chunk.Reset();
        }
    }
}
