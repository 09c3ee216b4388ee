using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Pending;

/// <summary>
/// Claims the chunks of a dataset for an operator, in slices between which delivery leases. Goes through the table in
/// the order of the numbers: an index by dataset has no such order.
/// </summary>
internal sealed class PendingChunks
{
    private const long SliceBytes = 1_000_000;
    private const int SliceRows = 5_000;

    private readonly ChunkTable _chunks;
    private readonly Leases _leases;
    private readonly Statement _range;
    private readonly Statement _last;

    public PendingChunks(ChunkTable chunks, Leases leases)
    {
        (_chunks, _leases) = (chunks, leases);
        _range = chunks.Connection.Prepare(
            """
            SELECT chunks.id, connection, api, dataset, upload_tag
            FROM chunks CROSS JOIN destinations ON destinations.id = chunks.destination
            WHERE chunks.id > ?1 AND chunks.id <= ?2 ORDER BY chunks.id
            """
        );
        _last = chunks.Connection.Prepare("SELECT ifnull(max(id), 0) FROM chunks");
    }

    /// <summary>The number of the last chunk.</summary>
    public ValueTask<long> LastAsync(CancellationToken cancellationToken) =>
        _chunks.ReadAsync(() => _last.Scalar(), cancellationToken);

    /// <summary>Claims the next chunks of a dataset.</summary>
    public ValueTask<PendingSlice> ClaimAsync(PendingScope scope, long after, long last) =>
        _chunks.ReadAsync(() => Claim(scope, after, last), CancellationToken.None);

    /// <summary>The claimed chunks have changed, or are as before because that failed.</summary>
    public void Release(PendingSlice slice)
    {
        foreach (var chunk in slice.Chunks)
        {
            _leases.Release(chunk.Id);
        }
    }

    private PendingSlice Claim(PendingScope scope, long after, long last)
    {
        var slice = new PendingSlice();
        var (bytes, rows, more) = (0L, 0, false);
        _range.Bind(1, after).Bind(2, last);
        while (bytes < SliceBytes && rows < SliceRows && (more = _range.Read()))
        {
            rows++;
            after = _range.Integer(0);
            var destination = StoredDestination.Read(_range, 1);
            if (destination.Connection == scope.Connection && destination.DatasetId == scope.DatasetId)
            {
                bytes += Claim(after, destination, slice);
            }
        }

        _range.Reset();
        slice.Last = more ? after : last;
        return slice;
    }

    private long Claim(long id, StoredDestination destination, PendingSlice slice)
    {
        var size = _chunks.Find(id);
        try
        {
            if (!_leases.IsFree(id))
            {
                slice.InFlight += size.Events;
            }
            else if (_chunks.Read(id, destination) is { } chunk)
            {
                // It no longer ends by time: the change may have to wait for the disk.
                var lease = _leases.Claim(id);
                _leases.TryEnd(id, lease.Token);
                slice.Chunks.Add(chunk with { Lease = lease });
            }
            else if (!_chunks.IsWithoutKey)
            {
                slice.Unreadable.Add(id);
            }

            return size.Bytes;
        }
        finally
        {
            _chunks.Release();
        }
    }
}

/// <summary>Some chunks of a dataset.</summary>
internal sealed class PendingSlice
{
    /// <summary>Those that are claimed.</summary>
    public List<Chunk> Chunks { get; } = [];

    /// <summary>Those that are damaged.</summary>
    public List<long> Unreadable { get; } = [];

    /// <summary>The events of those that are in flight.</summary>
    public long InFlight { get; set; }

    /// <summary>The number of the last chunk of the slice.</summary>
    public long Last { get; set; }
}
