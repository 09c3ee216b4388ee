namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// The result of reading a body: its decoded bytes, or the refusal. Disposing it returns the bytes to the pool and to
/// the budget.
/// </summary>
internal sealed class BodyReading : IDisposable
{
    private readonly PooledBytes? _pooled;
    private readonly ReadOnlyMemory<byte> _unpooled;

    public BodyReading(PooledBytes bytes) => _pooled = bytes;

    /// <summary>A body that is in no buffer of the pool, because it was not posted.</summary>
    public BodyReading(ReadOnlyMemory<byte> bytes) => _unpooled = bytes;

    public BodyReading(Refusal refusal) => Refusal = refusal;

    /// <summary>Why the body could not be read, or <see langword="null"/>.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The decoded body; empty if it was refused.</summary>
    public ReadOnlyMemory<byte> Bytes => _pooled?.Written ?? _unpooled;

    /// <summary>Whether the body must be parsed and mapped by <see cref="LargeBodies"/>.</summary>
    public bool IsLarge => Bytes.Length >= LargeBodies.Bytes;

    /// <summary>
    /// Whether the body is UTF-16 or UTF-32, which JSON must not be (RFC 8259). In both, one of the first two bytes is
    /// zero, or they are a byte order mark.
    /// </summary>
    public bool IsWide => Bytes.Span is [0, ..] or [_, 0, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    /// <summary>The decoded body without its byte order mark.</summary>
    public ReadOnlyMemory<byte> Json => Bytes.Span.StartsWith("\uFEFF"u8) ? Bytes["\uFEFF"u8.Length..] : Bytes;

    public void Dispose() => _pooled?.Dispose();
}
