using System.Buffers;
using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Payloads being put one behind the other, to become one chunk row.</summary>
internal sealed class ChunkContent
{
    private readonly ArrayBufferWriter<byte> _payload = new(4096);
    private readonly ArrayBufferWriter<byte> _ends = new(64);

    public int Events => _ends.WrittenCount / sizeof(int);

    public int Bytes => _payload.WrittenCount;

    public ReadOnlySpan<byte> Payload => _payload.WrittenSpan;

    public ReadOnlySpan<byte> Ends => _ends.WrittenSpan;

    /// <summary>When Meta's window closes for the first of the events.</summary>
    public DateTimeOffset ExpiresAt { get; private set; } = DateTimeOffset.MaxValue;

    public void Add(ReadOnlySpan<byte> payload, DateTimeOffset expiresAt)
    {
        _payload.Write(payload);
        BinaryPrimitives.WriteInt32LittleEndian(_ends.GetSpan(sizeof(int)), _payload.WrittenCount);
        _ends.Advance(sizeof(int));
        ExpiresAt = expiresAt < ExpiresAt ? expiresAt : ExpiresAt;
    }

    public void Clear()
    {
        _payload.ResetWrittenCount();
        _ends.ResetWrittenCount();
        ExpiresAt = DateTimeOffset.MaxValue;
    }
}
