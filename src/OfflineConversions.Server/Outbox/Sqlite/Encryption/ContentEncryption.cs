using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Encrypts content on its way into the file, if that is configured, and records the number of each key that it used:
/// the next start then finds a missing key without reading every row. The writer's side.
/// </summary>
internal sealed class ContentEncryption(SqliteConnection connection, PayloadEncryption encryption) : IDisposable
{
    private readonly Statement _record = new(connection, "INSERT OR IGNORE INTO payload_keys (key) VALUES (?1)");
    private byte[] _recorded = [];

    /// <summary>The value of the column <c>closed</c> for content that is written now.</summary>
    public long Flag => encryption.IsOn ? 1 : 0;

    /// <summary>What the file holds for some content.</summary>
    public ReadOnlySpan<byte> Encrypt(ReadOnlySpan<byte> content)
    {
        if (!encryption.IsOn)
        {
            return content;
        }

        ReadOnlySpan<byte> encrypted = encryption.Encrypt(content);
        var key = PayloadEncryption.KeyOf(encrypted);
        if (!key.SequenceEqual(_recorded))
        {
            _record.Bind(1, key).Execute();
            _recorded = key.ToArray();
        }

        return encrypted;
    }

    /// <summary>After a rollback no key is recorded.</summary>
    public void Forget() => _recorded = [];

    public void Dispose() => _record.Dispose();
}
