using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Finds the chunks to lease. The index gives each destination's chunks in the order they are due, so the cost grows with
/// what is leased already, which delivery bounds, and never with the backlog.
/// </summary>
internal sealed class ChunkReader : IAsyncDisposable
{
    private readonly Leases _leases;
    private readonly TimeProvider _time;
    private readonly ReadConnection _reader;
    private readonly Statement _destinations;
    private readonly Statement _due;
    private readonly Statement _young;
    private readonly Statement _chunk;

    public ChunkReader(SqliteConnection connection, Leases leases, TimeProvider time)
    {
        _leases = leases;
        _time = time;
        _reader = new ReadConnection(connection);
        _destinations = _reader.Prepare("SELECT id, api, dataset, upload_tag FROM destinations WHERE connection = ?1");
        _due = _reader.Prepare("SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 ORDER BY due_at, id");
        _young = _reader.Prepare("SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 AND created_at >= ?3 ORDER BY created_at, id");
        _chunk = _reader.Prepare("SELECT events, bytes, attempts, created_at, expires_at, ends, payload FROM chunks WHERE id = ?1");
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        _reader.ReadAsync<IReadOnlyList<Chunk>>(() => Lease(request), cancellationToken);

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private List<Chunk> Lease(LeaseRequest request)
    {
        // The snapshot begins with the first row read, and that is after this.
        _leases.BeginReading();
        try
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return Oldest(request, now) is { } oldest ? Take(oldest.Id, oldest.Destination, now, request) : [];
        }
        finally
        {
            _leases.EndReading();
        }
    }

    private (long Id, Destination Destination)? Oldest(LeaseRequest request, long now)
    {
        (long, Destination)? oldest = null;
        var first = (Due: long.MaxValue, Chunk: long.MaxValue);
        foreach (var (id, destination) in DestinationsOf(request.Connection))
        {
            if (FirstFree(Candidates(id, now, request)) is { } place && place.CompareTo(first) < 0)
            {
                first = place;
                oldest = (id, destination);
            }
        }

        return oldest;
    }

    private List<(long Id, Destination Destination)> DestinationsOf(string connection)
    {
        var found = new List<(long, Destination)>();
        _destinations.Bind(1, connection);
        while (_destinations.Read())
        {
            var api = DestinationRows.ReadApi(_destinations.Text(1));
            found.Add((_destinations.Integer(0), new Destination(connection, api, _destinations.Text(2), _destinations.OptionalText(3))));
        }

        return found;
    }

    private Statement Candidates(long destination, long now, LeaseRequest request) => request.StoredSince is { } since
        ? _young.Bind(1, destination).Bind(2, now).Bind(3, since.ToUnixTimeMilliseconds())
        : _due.Bind(1, destination).Bind(2, now);

    private (long Due, long Chunk)? FirstFree(Statement candidates)
    {
        (long, long)? place = null;
        while (place is null && candidates.Read())
        {
            place = _leases.IsFree(candidates.Integer(0)) ? (candidates.Integer(1), candidates.Integer(0)) : null;
        }

        candidates.Reset();
        return place;
    }

    private List<Chunk> Take(long destinationId, Destination destination, long now, LeaseRequest request)
    {
        var chunks = new List<Chunk>();
        var (events, bytes) = (0L, 0L);
        var candidates = Candidates(destinationId, now, request);
        while (candidates.Read())
        {
            var id = candidates.Integer(0);
            if (!_leases.IsFree(id))
            {
                continue;
            }

            // Payloads are loaded only when asked for: a chunk that does not fit costs nothing.
            _chunk.Bind(1, id).Read();
            events += _chunk.Integer(0);
            bytes += _chunk.Integer(1);
            if (chunks.Count > 0 && (events > request.MaxEvents || bytes > request.MaxBytes))
            {
                break;
            }

            chunks.Add(ReadChunk(id, destination));
            _chunk.Reset();
        }

        _chunk.Reset();
        candidates.Reset();
        chunks.ForEach(chunk => _leases.Claim(chunk.Id));
        return chunks;
    }

    private Chunk ReadChunk(long id, Destination destination) => new(
        id,
        destination,
        ChunkRows.Cut(_chunk.Blob(6), _chunk.Blob(5)),
        (int)_chunk.Integer(2),
        DateTimeOffset.FromUnixTimeMilliseconds(_chunk.Integer(3)),
        DateTimeOffset.FromUnixTimeMilliseconds(_chunk.Integer(4)));
}
