using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>
/// Finds the chunks to lease. The index gives each destination's chunks in the order they are due, so the cost grows
/// with what is leased already, which delivery bounds, and never with the backlog.
/// </summary>
internal sealed class ChunkReader : IAsyncDisposable
{
    /// <summary>An erasure reads so much at a time: meanwhile nobody leases.</summary>
    private const long SliceBytes = 1_000_000;

    private readonly Leases _leases;
    private readonly PayloadSeal _seal;
    private readonly HashSet<long> _unreadable = [];
    private readonly HashSet<long> _taken = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _noteDamage;
    private readonly ReadConnection _reader;
    private readonly Statement _destinations;
    private readonly Statement _due;
    private readonly Statement _young;
    private readonly Statement _chunk;
    private readonly Statement _range;

    public ChunkReader(
        SqliteConnection connection,
        Leases leases,
        PayloadSeal seal,
        TimeProvider time,
        ILogger logger,
        Action noteDamage
    )
    {
        (_leases, _seal, _time, _logger, _noteDamage) = (leases, seal, time, logger, noteDamage);
        _reader = new ReadConnection(connection);
        _destinations = _reader.Prepare("SELECT id, api, dataset, upload_tag FROM destinations WHERE connection = ?1");
        _due = _reader.Prepare(
            "SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 ORDER BY due_at, id"
        );
        _young = _reader.Prepare(
            "SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 AND created_at >= ?3 ORDER BY created_at, id"
        );
        _chunk = _reader.Prepare(
            "SELECT events, bytes, attempts, created_at, expires_at, ends, payload, closed, destination, format FROM chunks WHERE id = ?1"
        );
        _range = _reader.Prepare(
            """
            SELECT chunks.id, bytes, connection, api, dataset, upload_tag FROM chunks CROSS JOIN destinations ON destinations.id = chunks.destination
            WHERE chunks.id > ?1 AND chunks.id <= ?2 ORDER BY chunks.id
            """
        );
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        _reader.ReadAsync<IReadOnlyList<Chunk>>(() => LeaseNow(request), cancellationToken);

    /// <summary>Finds the next chunks that hold something of a person, whenever they are due.</summary>
    public ValueTask<FoundChunks> FindAsync(
        long after,
        long last,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) => _reader.ReadAsync(() => Snapshot(() => Find(after, last, person)), cancellationToken);

    /// <summary>
    /// Leases the next of these chunks to an erasure, as far as they still hold something of the person.
    /// </summary>
    public ValueTask<ChunkSlice> ClaimAsync(
        IReadOnlyList<long> chunks,
        int from,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) => _reader.ReadAsync(() => Snapshot(() => Claim(chunks, from, person)), cancellationToken);

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private List<Chunk> LeaseNow(LeaseRequest request) =>
        Snapshot(() =>
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return Oldest(request, now) is { } oldest ? Take(oldest.Id, oldest.Destination, now, request) : [];
        });

    private T Snapshot<T>(Func<T> read)
    {
        // The snapshot begins with the first row read, and that is after this.
        _leases.BeginReading();
        try
        {
            return read();
        }
        finally
        {
            _leases.EndReading();
        }
    }

    private FoundChunks Find(long after, long last, IReadOnlySet<PersonTrace> person)
    {
        var (free, keys, inFlight, pendingInFlight) = (new List<long>(), new List<UInt128>(), new List<long>(), 0);
        var (bytes, more) = (0L, false);
        _range.Bind(1, after).Bind(2, last);
        while (bytes < SliceBytes && (more = _range.Read()))
        {
            (after, bytes) = (_range.Integer(0), bytes + _range.Integer(1));
            if (OfPerson(after, person) is not { } chunk)
            {
                continue;
            }

            if (_leases.IsFree(after))
            {
                free.Add(after);
                keys.AddRange(chunk.Theirs.Where(stored => stored.Key.Exists).Select(stored => stored.Key.Digest));
            }
            else
            {
                inFlight.Add(after);
                pendingInFlight += chunk.Theirs.Count;
            }
        }

        _range.Reset();
        return new FoundChunks(more ? after : last, free, keys, inFlight, pendingInFlight);
    }

    private ChunkSlice Claim(IReadOnlyList<long> ids, int next, IReadOnlySet<PersonTrace> person)
    {
        var (claimed, inFlight, bytes, pending, pendingInFlight) = (new List<Chunk>(), new List<long>(), 0L, 0, 0);
        for (; bytes < SliceBytes && next < ids.Count; next++)
        {
            var id = ids[next];
            _range.Bind(1, id - 1).Bind(2, id);
            if (_range.Read() && OfPerson(id, person) is { } chunk)
            {
                bytes += _range.Integer(1);
                if (_leases.IsFree(id))
                {
                    claimed.Add(chunk.Whole with { Lease = _leases.Claim(id) });
                    pending += chunk.Theirs.Count;
                }
                else
                {
                    inFlight.Add(id);
                    pendingInFlight += chunk.Theirs.Count;
                }
            }

            _range.Reset();
        }

        return new ChunkSlice(next, claimed, pending, inFlight, pendingInFlight);
    }

    /// <summary>
    /// The chunk that stands before the range, with its events of the person; <see langword="null"/> where it holds
    /// none or cannot be read.
    /// </summary>
    private (Chunk Whole, IReadOnlyList<StoredEvent> Theirs)? OfPerson(long id, IReadOnlySet<PersonTrace> person)
    {
        if (DestinationRows.ReadApi(_range.Text(3)) is not { } api)
        {
            return null;
        }

        var destination = new Destination(_range.Text(2), api, _range.Text(4), _range.OptionalText(5));
        _chunk.Bind(1, id).Read();
        var chunk = TryRead(id, destination);
        _chunk.Reset();
        var theirs = chunk
            ?.Events.Where(stored => PayloadReader.HasTrace(stored.Payload.Span, person.Contains))
            .ToArray()
            ?? [];
        return theirs.Length > 0 ? (chunk!, theirs) : null;
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
            var id = _destinations.Integer(0);
            if (DestinationRows.ReadApi(_destinations.Text(1)) is { } api)
            {
                found.Add((id, new Destination(connection, api, _destinations.Text(2), _destinations.OptionalText(3))));
            }
            else if (_unreadable.Add(id))
            {
                Log.DestinationUnreadable(_logger, id, connection);
            }
        }

        return found;
    }

    private Statement Candidates(long destination, long now, LeaseRequest request) =>
        request.StoredSince is { } since
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
        _taken.Clear();
        while (candidates.Read())
        {
            // A damaged index may name a chunk twice.
            var id = candidates.Integer(0);
            if (!_leases.IsFree(id) || !_taken.Add(id))
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

            // A damaged index must send nothing to another's dataset. The next start makes it anew.
            var misplaced = _chunk.Integer(8) != destinationId;
            if (misplaced)
            {
                _noteDamage();
            }

            if (!misplaced && TryRead(id, destination) is { } chunk)
            {
                chunks.Add(chunk);
            }
            else
            {
                // It stays where it is until the process ends; its neighbors are sent.
                _leases.Bar(id);
                Log.ChunkUnreadable(_logger, id, destination.Connection);
            }

            _chunk.Reset();
        }

        _chunk.Reset();
        candidates.Reset();
        return chunks.ConvertAll(chunk => chunk with { Lease = _leases.Claim(chunk.Id) });
    }

    /// <summary>The chunk of the current row; <see langword="null"/> if its content cannot be read.</summary>
    private Chunk? TryRead(long id, Destination destination)
    {
        var content = new RowContent(
            _chunk.Blob(6),
            _chunk.Integer(7) != 0,
            _chunk.Integer(9),
            _chunk.Time(4),
            _chunk.Blob(5)
        ).Read(_seal, destination.DatasetId);
        return content.IsReadable
            ? new Chunk(id, default, destination, content.Events, (int)_chunk.Integer(2), _chunk.Time(3))
            : null;
    }
}
