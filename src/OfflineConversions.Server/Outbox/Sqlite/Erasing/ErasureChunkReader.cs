using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Erasing;

/// <summary>
/// Finds a person's events in the chunks, and claims those chunks, in slices between which delivery leases.
/// </summary>
internal sealed class ErasureChunkReader
{
    private const long SliceBytes = 1_000_000;

    private readonly ChunkTable _chunks;
    private readonly Leases _leases;
    private readonly Statement _range;

    public ErasureChunkReader(ChunkTable chunks, Leases leases)
    {
        (_chunks, _leases) = (chunks, leases);
        _range = chunks.Connection.Prepare(
            """
            SELECT chunks.id, bytes, connection, api, dataset, upload_tag
            FROM chunks CROSS JOIN destinations ON destinations.id = chunks.destination
            WHERE chunks.id > ?1 AND chunks.id <= ?2 ORDER BY chunks.id
            """
        );
    }

    /// <summary>Finds the next chunks that contain a person, whenever they are due.</summary>
    public ValueTask<FoundChunks> FindAsync(
        long after,
        long last,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) => _chunks.ReadAsync(() => Find(after, last, person), cancellationToken);

    /// <summary>Leases the next of the found chunks to an erasure, if they still contain the person.</summary>
    public ValueTask<ClaimedChunks> ClaimAsync(
        IReadOnlyList<long> chunks,
        int from,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) => _chunks.ReadAsync(() => Claim(chunks, from, person), cancellationToken);

    private FoundChunks Find(long after, long last, IReadOnlySet<PersonTrace> person)
    {
        var found = new FoundChunks([], [], []);
        var (bytes, more) = (0L, false);
        _range.Bind(1, after).Bind(2, last);
        while (bytes < SliceBytes && (more = _range.Read()))
        {
            (after, bytes) = (_range.Integer(0), bytes + _range.Integer(1));
            if (ReadCurrent(after, person) is not { } chunk)
            {
                continue;
            }

            if (_leases.IsFree(after))
            {
                found.Free.Add(after);
                found.Keys.AddRange(chunk.Keys);
            }
            else
            {
                found.InFlight.Add(after);
                found.EventsInFlight += chunk.Events;
            }
        }

        _range.Reset();
        found.Last = more ? after : last;
        return found;
    }

    private ClaimedChunks Claim(IReadOnlyList<long> ids, int next, IReadOnlySet<PersonTrace> person)
    {
        var claimed = new ClaimedChunks([], []);
        var bytes = 0L;
        while (bytes < SliceBytes && next < ids.Count)
        {
            var id = ids[next++];
            _range.Bind(1, id - 1).Bind(2, id);
            if (_range.Read() && ReadCurrent(id, person) is { } chunk)
            {
                bytes += _range.Integer(1);
                if (_leases.IsFree(id))
                {
                    claimed.Chunks.Add(chunk.Whole with { Lease = _leases.Claim(id) });
                    claimed.Events += chunk.Events;
                }
                else
                {
                    claimed.InFlight.Add(id);
                    claimed.EventsInFlight += chunk.Events;
                }
            }

            _range.Reset();
        }

        claimed.Next = next;
        return claimed;
    }

    /// <summary>
    /// The chunk of the current row; <see langword="null"/> if it does not contain the person or cannot be read.
    /// </summary>
    private ChunkOfPerson? ReadCurrent(long id, IReadOnlySet<PersonTrace> person)
    {
        _chunks.Find(id);
        var chunk = _chunks.Read(id, StoredDestination.Read(_range, 2));
        _chunks.Release();
        var events = chunk
            ?.Events.Where(stored => PayloadReader.HasTrace(stored.Payload.Span, person.Contains))
            .ToArray()
            ?? [];
        return events.Length > 0
            ? new ChunkOfPerson(
                chunk!,
                events.Length,
                [.. events.Where(stored => stored.Key.Exists).Select(stored => stored.Key.Stored)]
            )
            : null;
    }

    /// <summary>A chunk that contains a person.</summary>
    /// <param name="Whole">All of it.</param>
    /// <param name="Events">How many of its events are the person's.</param>
    /// <param name="Keys">The deduplication keys of these.</param>
    private sealed record ChunkOfPerson(Chunk Whole, int Events, IReadOnlyList<UInt128> Keys);
}

/// <summary>A slice of the chunks, searched for a person.</summary>
/// <param name="Free">Chunks that contain the person and are not leased.</param>
/// <param name="Keys">The deduplication keys of the person's events in these.</param>
/// <param name="InFlight">Chunks that contain the person and are leased.</param>
internal sealed record FoundChunks(List<long> Free, List<UInt128> Keys, List<long> InFlight)
{
    /// <summary>The person's events in leased chunks.</summary>
    public long EventsInFlight { get; set; }

    /// <summary>The number of the last chunk that was searched.</summary>
    public long Last { get; set; }
}

/// <summary>A slice of the chunks that contain a person.</summary>
/// <param name="Chunks">Chunks that are now leased to the erasure.</param>
/// <param name="InFlight">Chunks that delivery has leased meanwhile.</param>
internal sealed record ClaimedChunks(List<Chunk> Chunks, List<long> InFlight)
{
    /// <summary>The person's events in the claimed chunks.</summary>
    public long Events { get; set; }

    /// <summary>The person's events in the others.</summary>
    public long EventsInFlight { get; set; }

    /// <summary>How far the list was worked through.</summary>
    public int Next { get; set; }
}
