using System.Buffers.Binary;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// The deduplication keys. The unique index decides which of several replicas gets a key. Keys are always locked in the
/// order of their digests, so two transactions do not wait for each other.
/// </summary>
internal static class KeyRows
{
    private const int DigestBytes = 12;

    /// <summary>
    /// Takes keys, each with its end, unless they are taken. Waits for other transactions that are taking the same.
    /// </summary>
    /// <returns>The digests of those that were taken now.</returns>
    public static async Task<HashSet<UInt128>> TakeAsync(
        DatabaseTransaction transaction,
        IReadOnlyCollection<DeduplicationKey> keys
    )
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var sorted = keys.DistinctBy(key => key.Digest).OrderBy(key => key.Digest).ToArray();
        var taken = await transaction.QueryAsync(
            """
            INSERT INTO offlineconversions.deduplication_keys AS known (digest, ends_at)
            SELECT * FROM unnest($1::bytea[], $2::bigint[])
            ON CONFLICT (digest) DO UPDATE SET ends_at = excluded.ends_at WHERE known.ends_at <= $3
            RETURNING digest
            """,
            row => DigestOf(row.GetFieldValue<byte[]>(0)),
            Array.ConvertAll(sorted, Bytes),
            Array.ConvertAll(sorted, key => key.End.ToUnixTimeSeconds()),
            transaction.Now.ToUnixTimeSeconds()
        );
        return [.. taken];
    }

    /// <summary>Those of the keys that someone has now.</summary>
    public static async Task<HashSet<UInt128>> TakenAsync(
        DatabaseTransaction transaction,
        IReadOnlyCollection<DeduplicationKey> keys
    ) =>
        keys.Count == 0
            ? []
            :
            [
                .. await transaction.QueryAsync(
                    """
                    SELECT digest FROM offlineconversions.deduplication_keys
                    WHERE digest = ANY($1::bytea[]) AND ends_at > $2
                    """,
                    row => DigestOf(row.GetFieldValue<byte[]>(0)),
                    keys.Select(Bytes).ToArray(),
                    transaction.Now.ToUnixTimeSeconds()
                ),
            ];

    /// <summary>
    /// Releases the keys that events took, unless another event has them by now. Also those that have ended: after a
    /// start with an earlier clock they would hold again.
    /// </summary>
    public static async Task ReleaseAsync(DatabaseTransaction transaction, IEnumerable<DeduplicationKey> keys)
    {
        var sorted = keys.Where(key => key.HasEnd).Distinct().OrderBy(key => key.Digest).ToArray();
        if (sorted.Length > 0)
        {
            await transaction.ExecuteAsync(
                """
                WITH released AS (
                    SELECT known.digest FROM offlineconversions.deduplication_keys AS known
                    JOIN unnest($1::bytea[], $2::bigint[]) AS event (digest, ends_at) USING (digest, ends_at)
                    ORDER BY known.digest FOR UPDATE OF known)
                DELETE FROM offlineconversions.deduplication_keys AS known USING released
                WHERE known.digest = released.digest
                """,
                Array.ConvertAll(sorted, Bytes),
                Array.ConvertAll(sorted, key => key.End.ToUnixTimeSeconds())
            );
        }
    }

    /// <summary>Those of the keys of every connection that hold now.</summary>
    public static async Task<HashSet<UInt128>> OlderAsync(
        DatabaseTransaction transaction,
        IReadOnlyCollection<DeduplicationKey> keys
    ) =>
        keys.Count == 0
            ? []
            :
            [
                .. await transaction.QueryAsync(
                    """
                    SELECT key FROM offlineconversions.older_keys
                    WHERE key = ANY($1::bytea[]) AND ends_at > $2
                    """,
                    row => BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(0)),
                    keys.Select(WholeBytes).ToArray(),
                    transaction.Now.ToUnixTimeSeconds()
                ),
            ];

    /// <summary>Removes keys of an erased person.</summary>
    public static async Task EraseAsync(DatabaseTransaction transaction, IReadOnlyCollection<DeduplicationKey> keys)
    {
        await ReleaseAsync(transaction, keys);
        var older = keys.Where(key => key.Exists && !key.HasEnd).ToArray();
        if (older.Length > 0)
        {
            await transaction.ExecuteAsync(
                "DELETE FROM offlineconversions.older_keys WHERE key = ANY($1::bytea[])",
                (object)Array.ConvertAll(older, WholeBytes)
            );
        }
    }

    /// <summary>What the table of older keys holds for a key.</summary>
    public static byte[] WholeBytes(DeduplicationKey key)
    {
        var bytes = new byte[DeduplicationKey.StoredBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key.Stored);
        return bytes;
    }

    private static byte[] Bytes(DeduplicationKey key) => WholeBytes(key)[..DigestBytes];

    private static UInt128 DigestOf(byte[] bytes)
    {
        Span<byte> whole = stackalloc byte[DeduplicationKey.StoredBytes];
        whole.Clear();
        bytes.CopyTo(whole[(DeduplicationKey.StoredBytes - DigestBytes)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(whole);
    }
}
