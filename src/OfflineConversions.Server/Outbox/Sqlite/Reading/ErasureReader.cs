using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>
/// What an erasure looks for outside of the chunks: the failed list and the deduplication keys. On a connection of its
/// own, in slices.
/// </summary>
internal sealed class ErasureReader : IAsyncDisposable
{
    private const int RowsPerSlice = 1000;

    private readonly PayloadSeal _seal;
    private readonly ReadConnection _reader;
    private readonly Statement _last;
    private readonly Statement _failed;
    private readonly Statement _keys;

    public ErasureReader(SqliteConnection connection, PayloadSeal seal)
    {
        _seal = seal;
        _reader = new ReadConnection(connection);
        _last = _reader.Prepare(
            "SELECT ifnull((SELECT max(id) FROM chunks), 0), ifnull((SELECT max(id) FROM failed), 0)"
        );
        _failed = _reader.Prepare(
            """
            SELECT failed.id, dataset, payload, closed, format, expires_at FROM failed CROSS JOIN destinations ON destinations.id = failed.destination
            WHERE failed.id > ?1 AND failed.id <= ?2 ORDER BY failed.id LIMIT ?3
            """
        );
        _keys = _reader.Prepare("SELECT id, keys FROM taken_keys WHERE id > ?1 ORDER BY id LIMIT ?2");
    }

    /// <summary>The numbers of the last chunk and the last failed event there are.</summary>
    public ValueTask<(long Chunk, long Failed)> LastAsync(CancellationToken cancellationToken) =>
        _reader.ReadAsync(
            () =>
            {
                _last.Read();
                return (_last.Integer(0), _last.Integer(1));
            },
            cancellationToken
        );

    /// <summary>The next failed events, and which of them are the person's.</summary>
    public ValueTask<FailedSlice> FailedAsync(
        long after,
        long last,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) =>
        _reader.ReadAsync(
            () =>
            {
                var (read, at) = (0, after);
                var (ids, keys) = (new List<long>(), new List<UInt128>());
                _failed.Bind(1, after).Bind(2, last).Bind(3, RowsPerSlice);
                while (_failed.Read())
                {
                    (read, at) = (read + 1, _failed.Integer(0));
                    foreach (var stored in ReadFailed().Events)
                    {
                        if (PayloadReader.HasTrace(stored.Payload.Span, person.Contains))
                        {
                            ids.Add(at);
                            keys.AddRange(stored.Key.Exists ? [stored.Key.Digest] : []);
                        }
                    }
                }

                return new FailedSlice(read < RowsPerSlice ? last : at, ids, keys);
            },
            cancellationToken
        );

    /// <summary>The rows in which any of the keys stand.</summary>
    public async ValueTask<IReadOnlyList<long>> KeyRowsAsync(
        IReadOnlySet<UInt128> keys,
        CancellationToken cancellationToken
    )
    {
        var found = new List<long>();
        long? after = 0;
        while (after is { } from)
        {
            after = await _reader.ReadAsync(() => KeyRows(keys, from, found), cancellationToken);
        }

        return found;
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    // An unreadable event could be anyone's. It stays on the list and is never sent.
    private ChunkContent ReadFailed() =>
        new RowContent(_failed.Blob(2), _failed.Integer(3) != 0, _failed.Integer(4), _failed.Time(5)).Read(
            _seal,
            _failed.Text(1)
        );

    private long? KeyRows(IReadOnlySet<UInt128> keys, long after, List<long> found)
    {
        var read = 0;
        _keys.Bind(1, after).Bind(2, RowsPerSlice);
        while (_keys.Read())
        {
            (read, after) = (read + 1, _keys.Integer(0));
            var row = _keys.Blob(1);
            for (var at = 0; at + DeduplicationKey.DigestBytes <= row.Length; at += DeduplicationKey.DigestBytes)
            {
                if (keys.Contains(BinaryPrimitives.ReadUInt128BigEndian(row.AsSpan(at))))
                {
                    found.Add(after);
                    break;
                }
            }
        }

        return read < RowsPerSlice ? null : after;
    }
}

/// <summary>Some of the failed list.</summary>
/// <param name="Last">The number it was read up to.</param>
/// <param name="Ids">Those to be erased.</param>
/// <param name="Keys">The deduplication keys of these.</param>
internal sealed record FailedSlice(long Last, IReadOnlyList<long> Ids, IReadOnlyList<UInt128> Keys);

/// <summary>Some of the chunks, looked through.</summary>
/// <param name="Last">The number they were read up to.</param>
/// <param name="Free">Those that hold something to be erased and are leased to nobody.</param>
/// <param name="Keys">The deduplication keys of that.</param>
/// <param name="InFlight">Those that hold something to be erased and are leased.</param>
/// <param name="EventsInFlight">How many events that is.</param>
internal sealed record FoundChunks(
    long Last,
    IReadOnlyList<long> Free,
    IReadOnlyList<UInt128> Keys,
    IReadOnlyList<long> InFlight,
    int EventsInFlight
);

/// <summary>Some of the chunks that hold something to be erased.</summary>
/// <param name="Next">How far the list of them was gone through.</param>
/// <param name="Claimed">Those that were free, leased to the erasure.</param>
/// <param name="Events">How many events these lose.</param>
/// <param name="InFlight">Those that were leased to somebody else meanwhile.</param>
/// <param name="EventsInFlight">How many events that is.</param>
internal sealed record ChunkSlice(
    int Next,
    IReadOnlyList<Chunk> Claimed,
    int Events,
    IReadOnlyList<long> InFlight,
    int EventsInFlight
);
