using System.Buffers;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// How chunks were settled, and how events left the failed list: one row per chunk, without a byte per event if all of
/// it was delivered. The writer's side.
/// </summary>
internal sealed class SettlementRows(SqliteConnection connection) : IDisposable
{
    /// <summary>What a row takes besides its content.</summary>
    public const int RowBytes = 20;

    private const int MostPruned = 2000;

    private readonly ArrayBufferWriter<byte> _content = new();

    private readonly Statement _settle = new(
        connection,
        "INSERT OR REPLACE INTO journal_settled (chunk, at, attempts, content) VALUES (?1, ?2, ?3, ?4)"
    );

    private readonly Statement _resolve = new(
        connection,
        """
        INSERT OR REPLACE INTO journal_resolved (failed, state, at, chunk, place, dataset)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """
    );

    private readonly Statement _prune = new(
        connection,
        $"""
        DELETE FROM journal_settled
        WHERE chunk IN (SELECT chunk FROM journal_settled WHERE chunk <= ?1 ORDER BY chunk LIMIT {MostPruned})
        """
    );

    private readonly Statement _pruneResolved = new(
        connection,
        $"""
        DELETE FROM journal_resolved
        WHERE failed IN (SELECT failed FROM journal_resolved ORDER BY failed LIMIT {MostPruned}) AND at < ?1
        """
    );

    /// <summary>A chunk was settled.</summary>
    /// <returns>The bytes of the row.</returns>
    public int Settled(long chunk, DateTimeOffset at, int attempts, JournalSettlement settlement)
    {
        _content.ResetWrittenCount();
        settlement.WriteTo(_content);
        _settle
            .Bind(1, chunk)
            .Bind(2, at.ToUnixTimeMilliseconds())
            .Bind(3, attempts)
            .Bind(4, _content.WrittenSpan)
            .Execute();
        return RowBytes + _content.WrittenCount;
    }

    /// <summary>An event left the failed list.</summary>
    /// <returns>The bytes of the row.</returns>
    public int Resolved(long failed, DateTimeOffset at, DeliveryState state, ChunkPlace place, string? dataset = null)
    {
        _resolve
            .Bind(1, failed)
            .Bind(2, (long)state)
            .Bind(3, at.ToUnixTimeMilliseconds())
            .Bind(4, place.Chunk?.Value ?? 0)
            .Bind(5, place.Place)
            .Bind(6, dataset)
            .Execute();
        return RowBytes;
    }

    /// <summary>Forgets settlements of chunks whose arrivals are forgotten, some at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Prune(long lastChunk) => _prune.Bind(1, lastChunk).Execute() == MostPruned;

    /// <summary>Forgets events that left the failed list before a time, some at a time.</summary>
    public void PruneResolved(DateTimeOffset before) =>
        _pruneResolved.Bind(1, before.ToUnixTimeMilliseconds()).Execute();

    public void Dispose()
    {
        _settle.Dispose();
        _resolve.Dispose();
        _prune.Dispose();
        _pruneResolved.Dispose();
    }
}
