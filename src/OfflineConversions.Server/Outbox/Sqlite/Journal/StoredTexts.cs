using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>The ids in clear text of one row of arrivals.</summary>
internal static class StoredTexts
{
    /// <summary>Reads those that are intact.</summary>
    public static IReadOnlyList<JournalText> Read(byte[] content, bool isEncrypted, PayloadEncryption decryption) =>
        (isEncrypted ? decryption.TryDecrypt(content) : content) is { } texts ? JournalTextFormat.Read(texts) : [];
}
