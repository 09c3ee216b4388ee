using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>A row of <see cref="MoveTables.Journal"/>.</summary>
/// <param name="row">Its columns.</param>
internal sealed class StoredJournalRow(object?[] row)
{
    public long Events { get; } = (long)row[1]!;

    /// <summary>When its first event arrived, in Unix milliseconds.</summary>
    public long Since { get; } = (long)row[2]!;

    /// <summary>When its last event arrived.</summary>
    public long Until { get; } = (long)row[3]!;

    public byte[] EventIds { get; } = (byte[])row[4]!;

    public byte[] OrderIds { get; } = (byte[])row[5]!;

    public byte[] Content { get; } = (byte[])row[6]!;

    /// <summary>Ids in clear text, perhaps encrypted; <see langword="null"/> if there are none.</summary>
    public byte[]? Texts { get; } = (byte[]?)row[7];

    /// <summary>What it says; <see langword="null"/> if it is damaged.</summary>
    public JournalBlock? Block { get; } = JournalFormat.Read((byte[])row[4]!, (byte[])row[5]!, (byte[])row[6]!);

    /// <summary>The bytes of its columns.</summary>
    public long Bytes => EventIds.Length + OrderIds.Length + Content.Length + (Texts?.Length ?? 0);
}
