using System.Buffers;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// A buffer that grows with what was written, within the budget of all bodies, up to its limit. It is wiped before it
/// goes back to the pool: bodies hold clear personal data.
/// </summary>
internal sealed class PooledBytes(int limit, BodyBudget budget) : IDisposable
{
    private const int FirstBytes = 4 * 1024;
    private const int SmallBytes = 64 * 1024;

    // The shared pool keeps one array of each size for every thread that ever gave one back. Of large ones four are
    // enough: a body holds two, or three where it was packed twice, and if more are needed at once the rest is garbage
    // afterwards. All that is kept comes to 32 MB.
    private static readonly ArrayPool<byte> LargeArrays = ArrayPool<byte>.Create(
        maxArrayLength: 4 * 1024 * 1024,
        maxArraysPerBucket: 4
    );

    private byte[] _buffer = [];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>
    /// What was written, as a stream to read from. A large body yields while it is read: a decoder may read all of it
    /// before any output appears.
    /// </summary>
    public Stream AsStream(TimeSlice? slice = null) => new Readable(_buffer, _length, slice);

    /// <summary>Whether there was more than the limit.</summary>
    public bool Overflown { get; private set; }

    /// <summary>Whether the budget had nothing left to grow into.</summary>
    public bool Starved { get; private set; }

    /// <summary>Whether nothing more goes in.</summary>
    public bool IsClosed => Overflown || Starved;

    /// <summary>Copies the bytes, up to the limit.</summary>
    public void Write(ReadOnlySequence<byte> bytes)
    {
        while (bytes.Length > 0 && !IsClosed)
        {
            var free = Free((int)Math.Min(bytes.Length, limit));
            var part = bytes.Slice(0, Math.Min(bytes.Length, free.Length));
            part.CopyTo(free.Span);
            Advance((int)part.Length);
            bytes = bytes.Slice(part.Length);
        }
    }

    /// <summary>
    /// Room for at least one more byte, be it to learn that there is one beyond the limit; none when starved.
    /// </summary>
    /// <param name="wanted">How many bytes are known to come.</param>
    public Memory<byte> Free(int wanted = 1)
    {
        if (_length == limit)
        {
            return new byte[1];
        }

        if (_length == _buffer.Length && !TryGrow(Math.Max(Math.Max(FirstBytes, _length * 2L), (long)_length + wanted)))
        {
            Starved = true;
            return default;
        }

        return _buffer.AsMemory(_length, Math.Min(_buffer.Length, limit) - _length);
    }

    /// <summary>Keeps what was written into <see cref="Free"/>.</summary>
    public void Advance(int bytes)
    {
        Overflown |= bytes > limit - _length;
        _length = Math.Min(limit, _length + bytes);
    }

    public void Dispose()
    {
        Release();
        _buffer = [];
        _length = 0;
    }

    private static ArrayPool<byte> Pool(int length) => length <= SmallBytes ? ArrayPool<byte>.Shared : LargeArrays;

    private bool TryGrow(long capacity)
    {
        var length = (int)Math.Min(capacity, limit);
        var larger = Pool(length).Rent(length);
        if (!budget.TryTake(larger.Length))
        {
            Pool(larger.Length).Return(larger);
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
            Pool(_buffer.Length).Return(_buffer);
            budget.Return(_buffer.Length);
        }
    }

    private sealed class Readable(byte[] buffer, int length, TimeSlice? slice)
        : MemoryStream(buffer, 0, length, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            slice?.YieldIfOver();
            return base.Read(buffer, offset, count);
        }

        public override int Read(Span<byte> buffer)
        {
            slice?.YieldIfOver();
            return base.Read(buffer);
        }
    }
}
