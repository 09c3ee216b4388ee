using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The rows of chunks: bodies, which never change, and work, which does.</summary>
internal static class ChunkRows
{
    /// <summary>Adds chunks.</summary>
    public static IEnumerable<DatabaseCommand> Insert(
        int slot,
        List<FreshChunk> chunks,
        long[] numbers,
        int[] destinations,
        List<byte[]> contents,
        bool areEncrypted
    ) =>
        [
            new DatabaseCommand(
                """
                INSERT INTO offlineconversions.bodies (slot, id, encrypted, content)
                SELECT $1, id, $2, content FROM unnest($3::bigint[], $4::bytea[]) AS fresh (id, content)
                """,
                slot,
                areEncrypted,
                numbers,
                contents.ToArray()
            ),
            new DatabaseCommand(
                """
                INSERT INTO offlineconversions.work (
                    slot, id, connection, destination, created_at, due_at, attempts, events, bytes)
                SELECT $1, * FROM unnest(
                    $2::bigint[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::int[], $8::int[], $9::bigint[])
                """,
                slot,
                numbers,
                chunks.ConvertAll(chunk => chunk.Destination.Connection).ToArray(),
                destinations,
                chunks.ConvertAll(chunk => chunk.CreatedAt.ToUnixTimeMilliseconds()).ToArray(),
                chunks.ConvertAll(chunk => chunk.Due.ToUnixTimeMilliseconds()).ToArray(),
                chunks.ConvertAll(chunk => chunk.Attempts).ToArray(),
                chunks.ConvertAll(chunk => chunk.Events).ToArray(),
                chunks.ConvertAll(chunk => (long)chunk.PayloadBytes).ToArray()
            ),
        ];
}
