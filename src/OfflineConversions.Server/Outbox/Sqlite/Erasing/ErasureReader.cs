using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Erasing;

/// <summary>
/// Finds a person's events on the failed list, and rows of deduplication keys. On a separate connection, in slices.
/// </summary>
internal sealed class ErasureReader : IAsyncDisposable
{
    private const int RowsPerSlice = 1000;

    private readonly PayloadEncryption _encryption;
    private readonly ReadConnection _reader;
    private readonly Statement _last;
    private readonly Statement _failed;
    private readonly Statement _keys;

    public ErasureReader(SqliteConnection connection, PayloadEncryption encryption)
    {
        _encryption = encryption;
        _reader = new ReadConnection(connection);
        _last = _reader.Prepare(
            """
            SELECT ifnull((SELECT max(id) FROM chunks), 0), ifnull((SELECT max(id) FROM failed), 0),
                ifnull((SELECT max(id) FROM journal_texts), 0)
            """
        );
        _failed = _reader.Prepare(
            """
            SELECT failed.id, payload, format, expires_at, connection, api, dataset, upload_tag
            FROM failed CROSS JOIN destinations ON destinations.id = failed.destination
            WHERE failed.id > ?1 AND failed.id <= ?2 ORDER BY failed.id LIMIT ?3
            """
        );
        _keys = _reader.Prepare("SELECT id, keys FROM taken_keys WHERE id > ?1 ORDER BY id LIMIT ?2");
    }

    /// <summary>The numbers of the last chunk and the last failed event.</summary>
    public ValueTask<LastRows> LastAsync(CancellationToken cancellationToken) =>
        _reader.ReadAsync(
            () =>
            {
                _last.Read();
                return new LastRows(_last.Integer(0), _last.Integer(1), _last.Integer(2));
            },
            cancellationToken
        );

    /// <summary>Searches the next failed events for a person.</summary>
    public ValueTask<FoundFailed> FailedAsync(
        long after,
        long last,
        IReadOnlySet<PersonTrace> person,
        CancellationToken cancellationToken
    ) => _reader.ReadAsync(() => FindFailed(after, last, person), cancellationToken);

    /// <summary>The rows that hold any of the keys.</summary>
    public async ValueTask<IReadOnlyList<long>> KeyRowsAsync(
        IReadOnlySet<UInt128> keys,
        CancellationToken cancellationToken
    )
    {
        var found = new List<long>();
        long? after = 0;
        while (after is { } from)
        {
            after = await _reader.ReadAsync(() => FindKeyRows(keys, from, found), cancellationToken);
        }

        return found;
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private FoundFailed FindFailed(long after, long last, IReadOnlySet<PersonTrace> person)
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
                    keys.AddRange(stored.Key.Exists ? [stored.Key.Stored] : []);
                }
            }
        }

        return new FoundFailed(read < RowsPerSlice ? last : at, ids, keys);
    }

    // An unreadable event could be anyone's. It stays on the list and is never sent.
    private ChunkContent ReadFailed() =>
        new RowContent(_failed.Blob(1), _failed.Integer(2), _failed.Time(3)).Read(
            _encryption,
            StoredDestination.Read(_failed, 4)
        );

    private long? FindKeyRows(IReadOnlySet<UInt128> keys, long after, List<long> found)
    {
        var read = 0;
        _keys.Bind(1, after).Bind(2, RowsPerSlice);
        while (_keys.Read())
        {
            (read, after) = (read + 1, _keys.Integer(0));
            var row = _keys.Blob(1);
            for (var at = 0; at + DeduplicationKey.StoredBytes <= row.Length; at += DeduplicationKey.StoredBytes)
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

/// <summary>The numbers of the last rows at the beginning of a search.</summary>
internal readonly record struct LastRows(long Chunk, long Failed, long Text);

/// <summary>A slice of the failed list, searched for a person.</summary>
/// <param name="Last">The number of the last event that was searched.</param>
/// <param name="Ids">The person's events.</param>
/// <param name="Keys">The deduplication keys of these.</param>
internal sealed record FoundFailed(long Last, IReadOnlyList<long> Ids, IReadOnlyList<UInt128> Keys);
