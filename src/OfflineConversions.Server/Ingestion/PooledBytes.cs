using System.Buffers;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// A buffer that grows with what was written, within the budget of all bodies, and stops one byte above its limit. It is wiped before it
/// goes back to the pool: bodies hold clear personal data.
/// </summary>
public sealed class PooledBytes(int limit, BodyBudget budget) : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>What was written, as a stream to read from.</summary>
    public Stream AsStream() => new MemoryStream(_buffer, 0, _length, writable: false);

    /// <summary>Whether more than the limit was written.</summary>
    public bool Overflown => _length > limit;

    /// <summary>Whether the budget had nothing left to grow into.</summary>
    public bool Starved { get; private set; }

    /// <summary>Whether nothing more goes in.</summary>
    public bool IsClosed => Overflown || Starved;

    /// <summary>Copies the bytes, up to the first above the limit.</summary>
    public void Write(ReadOnlySequence<byte> bytes)
    {
        while (bytes.Length > 0 && !IsClosed)
        {
            var free = Free((int)Math.Min(bytes.Length, limit + 1L));
            var part = bytes.Slice(0, Math.Min(bytes.Length, free.Length));
            part.CopyTo(free.Span);
            Advance((int)part.Length);
            bytes = bytes.Slice(part.Length);
        }
    }

    /// <summary>Room for at least one more byte; none when starved.</summary>
    /// <param name="wanted">How many bytes are known to come.</param>
    public Memory<byte> Free(int wanted = 1)
    {
        if (_length == _buffer.Length && !TryGrow(Math.Max(Math.Max(FirstBytes, _length * 2L), (long)_length + wanted)))
        {
            Starved = true;
            return default;
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

    private bool TryGrow(long capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(capacity, limit + 1L));
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        Written.CopyTo(larger);
        Release();
        _buffer = larger;
        return true;
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            _buffer.AsSpan(0, _length).Clear();
            ArrayPool<byte>.Shared.Return(_buffer);
            budget.Return(_buffer.Length);
        }
    }
}
