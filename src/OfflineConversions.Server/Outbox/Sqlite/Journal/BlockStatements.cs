using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>Inserts the stored form of a block: into the journal, or among the fresh ones.</summary>
internal sealed class BlockStatements(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        INSERT INTO journal (id, events, since, until, total, last_chunk, event_ids, order_ids, content)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """
    );

    private readonly Statement _insertFresh = new(
        connection,
        """
        INSERT INTO journal_fresh (id, events, at, total, last_chunk, event_ids, order_ids, content)
        VALUES (?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9)
        """
    );

    private readonly Statement _insertTexts = new(
        connection,
        "INSERT INTO journal_texts (id, content, closed) VALUES (?1, ?2, ?3)"
    );

    /// <summary>Inserts a block.</summary>
    /// <param name="block">Its columns.</param>
    /// <param name="isFresh">Whether it is too small for a row of its own for long.</param>
    public void Insert(in BlockColumns block, bool isFresh) =>
        (isFresh ? _insertFresh : _insert)
            .Bind(1, block.Id)
            .Bind(2, block.Events)
            .Bind(3, block.Since)
            .Bind(4, block.Until)
            .Bind(5, block.Total)
            .Bind(6, block.LastChunk)
            .Bind(7, block.EventIds)
            .Bind(8, block.OrderIds)
            .Bind(9, block.Content)
            .Execute();

    /// <summary>Inserts the ids in clear text of a block.</summary>
    public void InsertTexts(long id, ReadOnlySpan<byte> content, long closed) =>
        _insertTexts.Bind(1, id).Bind(2, content).Bind(3, closed).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _insertFresh.Dispose();
        _insertTexts.Dispose();
    }
}

/// <summary>The columns of a stored block.</summary>
/// <param name="id">The number of its first arrival.</param>
/// <param name="total">The bytes before it.</param>
internal readonly ref struct BlockColumns(long id, long total)
{
    public long Id { get; } = id;

    public long Total { get; } = total;

    public required long Events { get; init; }

    /// <summary>When its first arrival was stored, in Unix milliseconds.</summary>
    public required long Since { get; init; }

    /// <summary>When its last arrival was stored, in Unix milliseconds.</summary>
    public required long Until { get; init; }

    /// <summary>The youngest chunk that holds events of it.</summary>
    public required long LastChunk { get; init; }

    public required ReadOnlySpan<byte> EventIds { get; init; }

    public required ReadOnlySpan<byte> OrderIds { get; init; }

    public required ReadOnlySpan<byte> Content { get; init; }
}
