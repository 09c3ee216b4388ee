using System.Buffers;

namespace OfflineConversions.Conversions;

/// <summary>
/// Memory for the payloads of one body, taken from the shared pool and cleared before it goes back. Dispose it only
/// when nothing reads the payloads any more; one that is never disposed is left to the garbage collector. Not
/// thread-safe.
/// </summary>
internal sealed class PayloadBuffer : IDisposable
{
    private const int FirstBlock = 4 * 1024;

    // Blocks beyond this size would be large objects if the pool had none.
    private const int LargestBlock = 64 * 1024;

    // Nearly every body has one event, and its payload fits in one block.
    private byte[] _block = [];
    private int _used;
    private List<byte[]>? _full;

    /// <summary>Copies a payload. The copy is valid until the buffer is disposed.</summary>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
    {
        if (_block.Length - _used < payload.Length)
        {
            Next(payload.Length);
        }

        var copy = _block.AsMemory(_used, payload.Length);
        payload.CopyTo(copy.Span);
        _used += payload.Length;
        return copy;
    }

    /// <summary>Clears the memory and gives it back.</summary>
    public void Dispose()
    {
        Return(_block, _used);
        (_block, _used) = ([], 0);
        if (_full is { } full)
        {
            _full = null;
            foreach (var block in full)
            {
                Return(block, block.Length);
            }
        }
    }

    private void Next(int atLeast)
    {
        if (_used > 0)
        {
            (_full ??= []).Add(_block);
        }

        var usual = Math.Clamp(2 * _block.Length, FirstBlock, LargestBlock);
        _block = ArrayPool<byte>.Shared.Rent(Math.Max(usual, atLeast));
        _used = 0;
    }

    // A payload has no clear match key that Meta takes as a hash, but it has addresses and ids.
    private static void Return(byte[] block, int used)
    {
        if (block.Length > 0)
        {
            block.AsSpan(0, used).Clear();
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
