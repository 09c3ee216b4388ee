using System.Buffers;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>The rows of arrivals and of their ids in clear text. The writer's side.</summary>
internal sealed class BlockRows(SqliteConnection connection, ContentEncryption encryption) : IDisposable
{
    /// <summary>What a row takes besides its columns of bytes.</summary>
    public const int RowBytes = 48;

    private readonly ArrayBufferWriter<byte> _content = new(4096);
    private readonly ArrayBufferWriter<byte> _texts = new(4096);

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
        INSERT INTO journal_fresh (id, event_ids, order_ids, content, events, at, total, last_chunk)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    );

    private readonly Statement _insertTexts = new(
        connection,
        "INSERT INTO journal_texts (id, content, closed) VALUES (?1, ?2, ?3)"
    );

    /// <summary>Writes a block.</summary>
    /// <param name="block">The block, whose chunks have their numbers.</param>
    /// <param name="id">The number of its first arrival.</param>
    /// <param name="total">The bytes before it.</param>
    /// <param name="isFresh">Whether it is too small for a row of its own for long.</param>
    /// <returns>The bytes that it takes.</returns>
    public long Insert(JournalBlock block, long id, long total, bool isFresh)
    {
        _content.ResetWrittenCount();
        JournalFormat.Write(block, _content);
        var eventIds = JournalFormat.Column(block.EventIds);
        var orderIds = JournalFormat.Column(block.OrderIds);
        var lastChunk = LastChunk(block);
        if (isFresh)
        {
            _insertFresh
                .Bind(1, id)
                .Bind(2, eventIds)
                .Bind(3, orderIds)
                .Bind(4, _content.WrittenSpan)
                .Bind(5, block.Events)
                .Bind(6, block.Times[^1].At.ToUnixTimeMilliseconds())
                .Bind(7, total)
                .Bind(8, lastChunk)
                .Execute();
        }
        else
        {
            _insert
                .Bind(1, id)
                .Bind(2, block.Events)
                .Bind(3, block.Times[0].At.ToUnixTimeMilliseconds())
                .Bind(4, block.Times[^1].At.ToUnixTimeMilliseconds())
                .Bind(5, total)
                .Bind(6, lastChunk)
                .Bind(7, eventIds)
                .Bind(8, orderIds)
                .Bind(9, _content.WrittenSpan)
                .Execute();
        }

        return RowBytes + eventIds.Length + orderIds.Length + _content.WrittenCount + InsertTexts(block, id);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertFresh.Dispose();
        _insertTexts.Dispose();
    }

    private long InsertTexts(JournalBlock block, long id)
    {
        if (block.Texts.Count == 0)
        {
            return 0;
        }

        _texts.ResetWrittenCount();
        JournalTextFormat.Write(block.Texts, _texts);
        _insertTexts.Bind(1, id).Bind(2, encryption.Encrypt(_texts.WrittenSpan)).Bind(3, encryption.Flag).Execute();
        return RowBytes + _texts.WrittenCount;
    }

    /// <summary>The youngest chunk that holds events of a block.</summary>
    public static long LastChunk(JournalBlock block)
    {
        var last = 0L;
        foreach (var lane in block.Lanes)
        {
            foreach (var run in lane.Runs)
            {
                last = Math.Max(last, run.Chunk.Value);
            }
        }

        return last;
    }
}
