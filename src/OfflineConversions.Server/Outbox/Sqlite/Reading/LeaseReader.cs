using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>
/// Finds the chunks to lease. The index returns each destination's chunks in the order in which they are due, so the
/// cost grows with what is leased already, which delivery limits, and never with the backlog.
/// </summary>
internal sealed partial class LeaseReader
{
    private readonly ChunkTable _chunks;
    private readonly Leases _leases;
    private readonly LeaseFindings _findings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HashSet<long> _unreadable = [];
    private readonly HashSet<long> _taken = [];
    private readonly Statement _destinations;
    private readonly Statement _due;
    private readonly Statement _young;

    public LeaseReader(ChunkTable chunks, Leases leases, LeaseFindings findings, TimeProvider time, ILogger logger)
    {
        (_chunks, _leases, _findings, _time, _logger) = (chunks, leases, findings, time, logger);
        _destinations = chunks.Connection.Prepare(
            "SELECT id, connection, api, dataset, upload_tag FROM destinations WHERE connection = ?1"
        );
        _due = chunks.Connection.Prepare(
            "SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 ORDER BY due_at, id"
        );
        _young = chunks.Connection.Prepare(
            """
            SELECT id, due_at FROM chunks WHERE destination = ?1 AND due_at <= ?2 AND created_at >= ?3
            ORDER BY created_at, id
            """
        );
    }

    /// <summary>See <see cref="IOutbox.LeaseAsync"/>.</summary>
    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        _chunks.ReadAsync<IReadOnlyList<Chunk>>(() => Claim(request), cancellationToken);

    private List<Chunk> Claim(LeaseRequest request)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();

        // A destination whose chunks are all damaged must not hide the next one. What was found damaged is barred.
        while (FindOldest(request, now) is { } oldest)
        {
            if (Read(oldest, now, request) is { Count: > 0 } chunks)
            {
                return chunks.ConvertAll(chunk => chunk with { Lease = _leases.Claim(chunk.Id) });
            }
        }

        return [];
    }

    private DestinationRow? FindOldest(LeaseRequest request, long now)
    {
        DestinationRow? oldest = null;
        var first = (Due: long.MaxValue, Chunk: long.MaxValue);
        foreach (var destination in DestinationsOf(request.Connection))
        {
            if (FirstFree(Candidates(destination.Id, now, request)) is { } place && place.CompareTo(first) < 0)
            {
                first = place;
                oldest = destination;
            }
        }

        return oldest;
    }

    private List<DestinationRow> DestinationsOf(string connection)
    {
        var found = new List<DestinationRow>();
        _destinations.Bind(1, connection);
        while (_destinations.Read())
        {
            var row = new DestinationRow(_destinations.Integer(0), StoredDestination.Read(_destinations, 1));
            found.Add(row);
            if (row.Destination.Value is null && _unreadable.Add(row.Id))
            {
                Log.DestinationUnreadable(_logger, row.Id, connection);
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

    private List<Chunk> Read(DestinationRow destination, long now, LeaseRequest request)
    {
        var chunks = new List<Chunk>();
        var (events, bytes) = (0L, 0L);
        var candidates = Candidates(destination.Id, now, request);
        _taken.Clear();
        while (candidates.Read())
        {
            // A damaged index may name a chunk twice.
            var id = candidates.Integer(0);
            if (!_leases.IsFree(id) || !_taken.Add(id))
            {
                continue;
            }

            // Content is loaded only when asked for: a chunk that does not fit costs nothing.
            if (Find(id, destination) is not { } size)
            {
                continue;
            }

            events += size.Events;
            bytes += size.Bytes;
            if (chunks.Count > 0 && (events > request.MaxEvents || bytes > request.MaxBytes))
            {
                break;
            }

            if (ReadOf(destination, id, size) is { } chunk)
            {
                chunks.Add(chunk);
            }

            _chunks.Release();
        }

        _chunks.Release();
        candidates.Reset();
        return chunks;
    }

    /// <summary>The chunk; <see langword="null"/> on a damaged page, which the next start recovers.</summary>
    private ChunkSize? Find(long id, DestinationRow destination)
    {
        try
        {
            return _chunks.Find(id);
        }
        catch (SqliteException error) when (DiskErrors.IsDamage(error))
        {
            Keep(id, destination);
            return null;
        }
    }

    /// <summary>
    /// The chunk if it is readable and belongs to the destination: a damaged index must not send an event to another
    /// dataset. The next start rebuilds the index. A damaged chunk moves to the failed list; the chunks beside it are
    /// sent.
    /// </summary>
    private Chunk? ReadOf(DestinationRow destination, long id, ChunkSize size)
    {
        var isOurs = size.DestinationId == destination.Id;
        if (isOurs && _chunks.Read(id, destination.Destination) is { } chunk)
        {
            return chunk;
        }

        if (!isOurs)
        {
            Keep(id, destination);
        }
        else if (_chunks.IsWithoutKey)
        {
            _leases.Bar(id);
            Log.ChunkKept(_logger, id, destination.Destination.Connection);
        }
        else
        {
            _leases.Bar(id);
            _findings.Unreadable(id);
            Log.ChunkUnreadable(_logger, id, destination.Destination.Connection);
        }

        return null;
    }

    private void Keep(long id, DestinationRow destination)
    {
        _leases.Bar(id);
        _findings.Damage();
        Log.ChunkKept(_logger, id, destination.Destination.Connection);
    }

    private sealed record DestinationRow(long Id, StoredDestination Destination);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 406,
            Level = LogLevel.Critical,
            Message = "Chunk {Chunk} of connection {Connection} could not be read: the file around it is damaged, or "
                + "its key is missing. It was kept and is not sent before a restart"
        )]
        public static partial void ChunkKept(ILogger logger, long chunk, string connection);

        [LoggerMessage(
            EventId = 417,
            Level = LogLevel.Critical,
            Message = "Chunk {Chunk} of connection {Connection} was damaged. Its events moved to the failed list as "
                + "unreadable"
        )]
        public static partial void ChunkUnreadable(ILogger logger, long chunk, string connection);

        [LoggerMessage(
            EventId = 407,
            Level = LogLevel.Critical,
            Message = "Destination {Destination} of connection {Connection} was damaged. Its events moved to the "
                + "failed list as unreadable"
        )]
        public static partial void DestinationUnreadable(ILogger logger, long destination, string connection);
    }
}

/// <summary>What to do about damage that a lease finds.</summary>
/// <param name="Damage">The file is damaged, and the next start must check it.</param>
/// <param name="Unreadable">A chunk's content is damaged.</param>
internal sealed record LeaseFindings(Action Damage, Action<long> Unreadable);
