using System.Buffers.Binary;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Moving;

/// <summary>Writes rows that another store had.</summary>
internal static class MoveWriter
{
    private const int DigestBytes = 12;
    private const int OfEveryConnection = 1;
    private const int Taken = 2;

    /// <summary>Writes rows.</summary>
    public static Task WriteAsync(DatabaseTransaction transaction, MoveTable table, IReadOnlyList<object?[]> rows) =>
        rows.Count == 0 ? Task.CompletedTask
        : table == MoveTables.Numbers ? transaction.ExecuteAsync([.. rows.Select(Number)])
        : table == MoveTables.Keys || table == MoveTables.OlderKeys ? transaction.ExecuteAsync([.. Keys(rows)])
        : table == MoveTables.Journal ? transaction.ExecuteAsync([.. rows.Select(Journal)])
        : transaction.ExecuteAsync([Insert(table, rows)]);

    private static DatabaseCommand Insert(MoveTable table, IReadOnlyList<object?[]> rows)
    {
        var known = MoveRows.ByTable[table.Name];
        var lists = known.Types.Select((type, at) => List(type, rows, at)).ToList();
        if (table == MoveTables.Chunks || table == MoveTables.Failed)
        {
            lists.Add(rows.Select(row => PayloadEncryption.IsEncrypted((byte[])row[^1]!)).ToArray());
        }

        return new DatabaseCommand(known.Insert, [.. lists]);
    }

    private static object List(char type, IReadOnlyList<object?[]> rows, int column) =>
        type switch
        {
            'n' => rows.Select(row => (long?)row[column]).ToArray(),
            't' => rows.Select(row => (string?)row[column]).ToArray(),
            _ => rows.Select(row => (byte[]?)row[column]).ToArray(),
        };

    /// <summary>No number that the other store gave out is given out again.</summary>
    private static DatabaseCommand Number(object?[] row)
    {
        var (sequence, last) = (string)row[0]! switch
        {
            "chunks" => ("chunk_blocks", ((long)row[1]! / ChunkNumbers.BlockSize) + 1),
            "failed" => ("failed_id_seq", (long)row[1]!),
            "imports" => ("imports_number_seq", (long)row[1]!),
            _ => ("import_rejections_id_seq", (long)row[1]!),
        };
        return Raise(sequence, last);
    }

    private static DatabaseCommand Raise(string sequence, long last) =>
        new(
            $"""
            SELECT setval('offlineconversions.{sequence}', greatest($1, last_value))
            FROM offlineconversions.{sequence}
            """,
            Math.Max(1, last)
        );

    /// <summary>Keys as the rows leave them: a later row decides about the keys of earlier ones.</summary>
    private static IEnumerable<DatabaseCommand> Keys(IReadOnlyList<object?[]> rows)
    {
        var (digests, older) = (new Dictionary<UInt128, long>(), new Dictionary<UInt128, long>());
        foreach (var row in rows)
        {
            var (kind, end) = ((long)row[1]!, (long)row[2]!);
            foreach (var key in ((byte[])row[3]!).Chunk(DeduplicationKey.StoredBytes))
            {
                if (key.Length < DeduplicationKey.StoredBytes)
                {
                    break;
                }

                var whole = BinaryPrimitives.ReadUInt128BigEndian(key);
                if (kind != OfEveryConnection)
                {
                    digests[new DeduplicationKey(default, whole).Digest] = kind == Taken ? end : 0;
                }

                if (kind != Taken)
                {
                    older[whole] = kind == OfEveryConnection ? end : 0;
                }
            }
        }

        return
        [
            .. Apply("deduplication_keys", "digest", digests, key => Bytes(key)[^DigestBytes..]),
            .. Apply("older_keys", "key", older, Bytes),
        ];
    }

    private static IEnumerable<DatabaseCommand> Apply(
        string table,
        string column,
        Dictionary<UInt128, long> ends,
        Func<UInt128, byte[]> write
    )
    {
        yield return new DatabaseCommand(
            $"DELETE FROM offlineconversions.{table} WHERE {column} = ANY($1::bytea[])",
            (object)ends.Where(one => one.Value == 0).Select(one => write(one.Key)).ToArray()
        );
        var taken = ends.Where(one => one.Value > 0).ToArray();
        yield return new DatabaseCommand(
            $"""
            INSERT INTO offlineconversions.{table} ({column}, ends_at) SELECT * FROM unnest($1::bytea[], $2::bigint[])
            ON CONFLICT ({column}) DO UPDATE SET ends_at = excluded.ends_at
            """,
            Array.ConvertAll(taken, one => write(one.Key)),
            Array.ConvertAll(taken, one => one.Value)
        );
    }

    private static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[DeduplicationKey.StoredBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }

    /// <summary>Arrivals get new numbers, in their order: here the number is a sequence's.</summary>
    private static DatabaseCommand Journal(object?[] columns)
    {
        var row = new StoredJournalRow(columns);
        return JournalRows.Insert(
            row.Events,
            row.Since,
            row.Until,
            JournalRows.BytesOf(row.Block, row.Bytes),
            row.Block?.Kinds.Any(new OutcomeQuery().Selects) ?? false,
            new JournalColumns(row.EventIds, row.OrderIds, row.Content, row.Texts),
            row.Texts is { } texts && PayloadEncryption.IsEncrypted(texts)
        );
    }
}
