using System.Buffers;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// A buffer that grows with what is written, up to its own limit and within a budget that all bodies share. It is wiped
/// before it returns to the pool, because bodies contain personal data in clear text.
/// </summary>
internal sealed class PooledBytes(int limitBytes, BodyBudget budget) : IDisposable
{
    private const int FirstBytes = 4 * 1024;
    private const int SmallBytes = 64 * 1024;

    // The shared pool keeps one array of each size for every thread that returned one. For large arrays four are
    // enough: a body holds two, or three if it was compressed twice. If more are needed at once, the garbage collector
    // takes the rest. All arrays that this pool keeps come to 32 MB.
    private static readonly ArrayPool<byte> LargeArrays = ArrayPool<byte>.Create(
        maxArrayLength: 4 * 1024 * 1024,
        maxArraysPerBucket: 4
    );

    private byte[] _buffer = [];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Whether more was written than the limit allows.</summary>
    public bool ExceedsLimit { get; private set; }

    /// <summary>Whether the budget had no bytes left to grow into.</summary>
    public bool ExceedsBudget { get; private set; }

    /// <summary>Whether the buffer accepts no more bytes.</summary>
    public bool IsFull => ExceedsLimit || ExceedsBudget;

    /// <summary>
    /// What was written, as a stream to read from. A large body yields at each read: a decoder may read all of it
    /// before it produces a single byte.
    /// </summary>
    public Stream AsStream(TimeSlice? slice = null) => new YieldingStream(_buffer, _length, slice);

    /// <summary>Copies the bytes, up to the limit.</summary>
    public void Write(ReadOnlySequence<byte> bytes)
    {
        while (bytes.Length > 0 && !IsFull)
        {
            var free = Free((int)Math.Min(bytes.Length, limitBytes));
            var next = bytes.Slice(0, Math.Min(bytes.Length, free.Length));
            next.CopyTo(free.Span);
            Advance((int)next.Length);
            bytes = bytes.Slice(next.Length);
        }
    }

    /// <summary>
    /// Returns space for at least one more byte. At the limit that byte is not kept; it only shows that there is one
    /// too many. Returns no space if the budget is used up.
    /// </summary>
    /// <param name="expectedBytes">The number of bytes that are known to follow.</param>
    public Memory<byte> Free(int expectedBytes = 1)
    {
        if (_length == limitBytes)
        {
            return new byte[1];
        }

        var capacity = Math.Max(Math.Max(FirstBytes, _length * 2L), (long)_length + expectedBytes);
        if (_length == _buffer.Length && !TryGrow(capacity))
        {
            ExceedsBudget = true;
            return default;
        }

        return _buffer.AsMemory(_length, Math.Min(_buffer.Length, limitBytes) - _length);
    }

    /// <summary>Keeps what was written into the space that <see cref="Free"/> returned.</summary>
    public void Advance(int bytes)
    {
        ExceedsLimit |= bytes > limitBytes - _length;
        _length = Math.Min(limitBytes, _length + bytes);
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
        var length = (int)Math.Min(capacity, limitBytes);
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

    private sealed class YieldingStream(byte[] buffer, int length, TimeSlice? slice)
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
