using System.Buffers;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// How chunks were settled, what Meta said last to those that wait, and how events left the failed list: one row per
/// chunk, without a byte per event if all of it was delivered. The writer's side.
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

    private readonly Statement _setAnswer = new(
        connection,
        """
        UPDATE journal_answers SET code = ?2, subcode = ?3, title = ?4, trace_id = ?5, field = ?6, at = ?7
        WHERE chunk = ?1
        """
    );

    private readonly Statement _addAnswer = new(
        connection,
        """
        INSERT INTO journal_answers (chunk, code, subcode, title, trace_id, field, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """
    );

    private readonly Statement _pruneAnswers = new(
        connection,
        $"""
        DELETE FROM journal_answers
        WHERE chunk IN (SELECT chunk FROM journal_answers WHERE chunk <= ?1 ORDER BY chunk LIMIT {MostPruned})
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

    /// <summary>Meta has answered, and the events of a chunk wait for another attempt.</summary>
    /// <returns>The bytes of the row, if it is new.</returns>
    public int Answered(long chunk, DateTimeOffset at, MetaAnswer answer)
    {
        if (Bind(_setAnswer).Execute() > 0)
        {
            return 0;
        }

        Bind(_addAnswer).Execute();
        return RowBytes + (answer.Title?.Length ?? 0) + (answer.TraceId?.Length ?? 0) + (answer.Field?.Length ?? 0);

        Statement Bind(Statement statement) =>
            statement
                .Bind(1, chunk)
                .Bind(2, answer.Code)
                .Bind(3, answer.Subcode)
                .Bind(4, answer.Title)
                .Bind(5, answer.TraceId)
                .Bind(6, answer.Field)
                .Bind(7, at.ToUnixTimeMilliseconds());
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
    public bool Prune(long lastChunk) =>
        _prune.Bind(1, lastChunk).Execute() == MostPruned | _pruneAnswers.Bind(1, lastChunk).Execute() == MostPruned;

    /// <summary>Forgets events that left the failed list before a time, some at a time.</summary>
    public void PruneResolved(DateTimeOffset before) =>
        _pruneResolved.Bind(1, before.ToUnixTimeMilliseconds()).Execute();

    public void Dispose()
    {
        _settle.Dispose();
        _resolve.Dispose();
        _prune.Dispose();
        _pruneResolved.Dispose();
        _setAnswer.Dispose();
        _addAnswer.Dispose();
        _pruneAnswers.Dispose();
    }
}
