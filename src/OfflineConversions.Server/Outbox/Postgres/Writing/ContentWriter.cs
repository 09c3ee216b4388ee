using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Encrypts content on its way into a row, if that is configured, and records each key that it used: a replica that
/// starts without one of them refuses to.
/// </summary>
internal sealed class ContentWriter(PayloadEncryption encryption)
{
    private readonly ConcurrentDictionary<Guid, bool> _recorded = [];

    /// <summary>Whether new content is encrypted.</summary>
    public bool IsEncrypted => encryption.IsOn;

    /// <summary>Decrypts what is read to be written again.</summary>
    public PayloadEncryption Encryption => encryption;

    /// <summary>What a row holds for some content.</summary>
    public byte[] Write(byte[] content) => encryption.IsOn ? encryption.Encrypt(content) : content;

    /// <summary>Records the keys of content that were not recorded yet.</summary>
    public IEnumerable<DatabaseCommand> NewKeys(IEnumerable<byte[]> contents)
    {
        if (!encryption.IsOn)
        {
            yield break;
        }

        var keys = contents
            .Select(content => new Guid(PayloadEncryption.KeyOf(content)))
            .Distinct()
            .Where(key => !_recorded.ContainsKey(key))
            .Order()
            .ToArray();
        foreach (var key in keys)
        {
            yield return new DatabaseCommand(
                "INSERT INTO offlineconversions.payload_keys (key) VALUES ($1) ON CONFLICT DO NOTHING",
                key
            );
        }
    }

    /// <summary>The transaction that wrote the contents is on disk, and with them their keys.</summary>
    public void KeysAreRecorded(IEnumerable<byte[]> contents)
    {
        foreach (var content in encryption.IsOn ? contents : [])
        {
            _recorded[new Guid(PayloadEncryption.KeyOf(content))] = true;
        }
    }
}
