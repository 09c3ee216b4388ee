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

    private readonly BlockStatements _statements = new(connection);

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
        _statements.Insert(
            new BlockColumns(id, total)
            {
                Events = block.Events,
                Since = block.Times[0].At.ToUnixTimeMilliseconds(),
                Until = block.Times[^1].At.ToUnixTimeMilliseconds(),
                LastChunk = LastChunk(block),
                EventIds = eventIds,
                OrderIds = orderIds,
                Content = _content.WrittenSpan,
            },
            isFresh
        );
        return RowBytes + eventIds.Length + orderIds.Length + _content.WrittenCount + InsertTexts(block, id);
    }

    public void Dispose() => _statements.Dispose();

    private long InsertTexts(JournalBlock block, long id)
    {
        if (block.Texts.Count == 0)
        {
            return 0;
        }

        _texts.ResetWrittenCount();
        JournalTextFormat.Write(block.Texts, _texts);
        _statements.InsertTexts(id, encryption.Encrypt(_texts.WrittenSpan), encryption.Flag);
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
