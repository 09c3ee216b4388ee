using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>Reads blocks and their ids in clear text. What is damaged is missing.</summary>
internal sealed class StoredBlocks(ReadConnection reader, PayloadEncryption decryption)
{
    private readonly Statement _block = reader.Prepare(
        "SELECT event_ids, order_ids, content FROM journal WHERE id = ?1"
    );

    private readonly Statement _fresh = reader.Prepare(
        "SELECT event_ids, order_ids, content FROM journal_fresh WHERE id = ?1"
    );

    private readonly Statement _contentOfBlock = reader.Prepare("SELECT content FROM journal WHERE id = ?1");

    private readonly Statement _contentOfFresh = reader.Prepare("SELECT content FROM journal_fresh WHERE id = ?1");

    private readonly Statement _texts = reader.Prepare("SELECT content, closed FROM journal_texts WHERE id = ?1");

    /// <summary>A block; <see langword="null"/> if it is damaged.</summary>
    public JournalBlock? Read(BlockRow row)
    {
        var statement = row.IsFresh ? _fresh : _block;
        var block = statement.Bind(1, row.Id).Read()
            ? JournalFormat.Read(statement.Span(0), statement.Span(1), statement.Span(2))
            : null;
        statement.Reset();
        return block;
    }

    /// <summary>The kinds of a block's events, which is faster; <see langword="null"/> if it is damaged.</summary>
    public IReadOnlyList<JournalKind>? KindsOf(BlockRow row)
    {
        var statement = row.IsFresh ? _contentOfFresh : _contentOfBlock;
        var kinds = statement.Bind(1, row.Id).Read() ? JournalFormat.ReadKinds(statement.Span(0)) : null;
        statement.Reset();
        return kinds;
    }

    /// <summary>The ids in clear text by the place of their event.</summary>
    public IReadOnlyDictionary<int, string> TextsOf(BlockRow row)
    {
        var texts = _texts.Bind(1, row.Id).Read()
            ? StoredTexts.Read(_texts.Blob(0), _texts.Integer(1) != 0, decryption)
            : [];
        _texts.Reset();
        return texts.DistinctBy(text => text.Place).ToDictionary(text => text.Place, text => text.Text);
    }
}
