using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Postgres.Rows;

/// <summary>What a row holds of its events.</summary>
/// <param name="Bytes">A chunk in <see cref="ChunkFormat"/>, perhaps encrypted.</param>
/// <param name="IsEncrypted">Whether it is.</param>
internal readonly record struct StoredContent(byte[] Bytes, bool IsEncrypted)
{
    /// <summary>Decrypts and reads it. Damage is a value.</summary>
    public ChunkContent Read(PayloadEncryption encryption, DestinationRow destination) =>
        destination.Value is null ? ChunkContent.Unreadable(ChunkDamage.UnknownDestination)
        : (IsEncrypted ? Decrypt(encryption) : Bytes) is { } content ? ChunkFormat.Read(content, destination.Digest)
        : ChunkContent.Unreadable(ChunkDamage.Undecryptable);

    /// <summary>Whether it is intact, but encrypted with a key that this replica does not have.</summary>
    public bool LacksKey(PayloadEncryption encryption) => IsEncrypted && encryption.FindMissingKey(Bytes) is not null;

    private byte[]? Decrypt(PayloadEncryption encryption) =>
        PayloadEncryption.IsEncrypted(Bytes) ? encryption.TryDecrypt(Bytes) : null;
}
