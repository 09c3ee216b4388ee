using System.Buffers;

namespace OfflineConversions.Server.Ingestion;

/// <summary>A growing buffer that stops one byte above its limit. It is wiped before it goes back to the pool: bodies hold clear personal data.</summary>
public sealed class PooledBytes(int capacity, int limit) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>What was written, as a stream to read from.</summary>
    public Stream AsStream() => new MemoryStream(_buffer, 0, _length, writable: false);

    /// <summary>Whether more than the limit was written.</summary>
    public bool Overflown => _length > limit;

    /// <summary>Room for at least one more byte.</summary>
    public Memory<byte> Free()
    {
        if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)_buffer.Length * 2, limit + 1L));
            Written.CopyTo(larger);
            Release();
            _buffer = larger;
        }

        return _buffer.AsMemory(_length, Math.Min(_buffer.Length, limit + 1) - _length);
    }

    /// <summary>Keeps what was written into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => _length += bytes;

    public void Dispose()
    {
        Release();
        _buffer = [];
        _length = 0;
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            _buffer.AsSpan(0, _length).Clear();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
