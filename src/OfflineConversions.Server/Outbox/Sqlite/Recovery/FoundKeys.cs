using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>The numbers of the encryption keys that a damaged database has recorded.</summary>
internal sealed class FoundKeys
{
    private readonly List<byte[]> _keys = [];

    /// <summary>Adds a row of <c>payload_keys</c>.</summary>
    public void Add(FoundRow found)
    {
        if (found.Record.IsComplete)
        {
            _keys.Add(found.Blob("key"));
        }
    }

    /// <summary>
    /// Whether content only lacks its key, which the start reports. A number that was never recorded is damaged.
    /// </summary>
    public bool IsMissed(byte[] content, PayloadEncryption encryption) =>
        encryption.FindMissingKey(content) is { } key && _keys.Exists(key.SequenceEqual);
}
