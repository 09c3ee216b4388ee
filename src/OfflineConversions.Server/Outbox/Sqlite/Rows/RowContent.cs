using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>
/// What a row of <c>chunks</c> or <c>failed</c> holds of its events, in whatever form and encryption it was written.
/// </summary>
/// <param name="Payload">The column <c>payload</c>.</param>
/// <param name="Format">The column <c>format</c>.</param>
/// <param name="ExpiresAt">The column <c>expires_at</c>.</param>
/// <param name="Ends">The column <c>ends</c>; <see langword="null"/> for a failed event.</param>
internal readonly record struct RowContent(byte[] Payload, long Format, DateTimeOffset ExpiresAt, byte[]? Ends = null)
{
    /// <summary>The row was written before <see cref="ChunkFormat"/>.</summary>
    public const long BeforeChunkFormat = 0;

    /// <summary>The payload is a chunk in <see cref="ChunkFormat"/>, whose first byte says in which version.</summary>
    public const long Chunk = 1;

    /// <summary>Decrypts and reads it. Damage is a value.</summary>
    public ChunkContent Read(PayloadEncryption encryption, StoredDestination destination)
    {
        if (destination.Value is null)
        {
            return ChunkContent.Unreadable(ChunkDamage.UnknownDestination);
        }

        if (Decrypt(encryption) is not { } payload)
        {
            return ChunkContent.Unreadable(ChunkDamage.Undecryptable);
        }

        return Format switch
        {
            Chunk => ChunkFormat.Read(payload, destination.Digest),
            BeforeChunkFormat when Ends is { } ends => RowsBeforeChunkFormat.ReadChunk(
                payload,
                ends,
                ExpiresAt,
                destination.DatasetId
            ),
            BeforeChunkFormat => RowsBeforeChunkFormat.ReadFailed(payload, ExpiresAt, destination.DatasetId),
            _ => ChunkContent.Unreadable(ChunkDamage.UnknownVersion),
        };
    }

    /// <summary>
    /// The deduplication keys that damaged content still shows. Each may be damaged itself: only one that is taken
    /// until its own end is one.
    /// </summary>
    public IReadOnlyList<DeduplicationKey> ReadKeys(PayloadEncryption encryption) =>
        Decrypt(encryption) is { } payload ? ChunkFormat.ReadKeys(payload) : [];

    private byte[]? Decrypt(PayloadEncryption encryption) =>
        PayloadEncryption.IsEncrypted(Payload) ? encryption.TryDecrypt(Payload) : Payload;
}
