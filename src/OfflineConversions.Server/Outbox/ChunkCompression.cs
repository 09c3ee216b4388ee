using ZstdSharp;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Compresses the payloads of chunks. Events of one shop have most of their text in common, so a chunk of forty shrinks
/// to a quarter. Belongs to one thread.
/// </summary>
/// <remarks>
/// Level 1 costs the writer less time than writing the same bytes uncompressed, first to the WAL and then to the file.
/// </remarks>
internal sealed class ChunkCompression : IDisposable
{
    /// <summary>Fewer bytes are a single small event, of which little would be saved.</summary>
    private const int FewestBytes = 1024;

    /// <summary>
    /// Payloads that shrink more than this are stored as they are, so that a damaged chunk cannot claim gigabytes.
    /// </summary>
    private const int HighestRatio = 100;

    private const int Level = 1;

    private readonly Compressor _zstandard = new(Level);
    private byte[] _buffer = [];

    /// <summary>
    /// The chunk with its payloads compressed and a header without a checksum; empty if that does not make it smaller.
    /// The bytes are valid until the next call.
    /// </summary>
    /// <param name="payloads">The payloads one after the other.</param>
    /// <param name="entries">The descriptions of the events.</param>
    public Span<byte> Compress(ReadOnlySpan<byte> payloads, ReadOnlySpan<byte> entries)
    {
        if (payloads.Length < FewestBytes)
        {
            return [];
        }

        var most = ChunkFormat.HeaderBytes + Compressor.GetCompressBound(payloads.Length) + entries.Length;
        if (_buffer.Length < most)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(most);
        }

        var compressed = _zstandard.Wrap(payloads, _buffer.AsSpan(ChunkFormat.HeaderBytes));
        if (compressed >= payloads.Length || (long)compressed * HighestRatio < payloads.Length)
        {
            return [];
        }

        entries.CopyTo(_buffer.AsSpan(ChunkFormat.HeaderBytes + compressed));
        return _buffer.AsSpan(0, ChunkFormat.HeaderBytes + compressed + entries.Length);
    }

    /// <summary>The payloads, or null if the bytes are damaged or do not decompress to this length.</summary>
    public static ReadOnlyMemory<byte>? Decompress(ReadOnlySpan<byte> compressed, int length)
    {
        if (length <= 0 || length > (long)compressed.Length * HighestRatio || !HasLength(compressed, length))
        {
            return null;
        }

        var payloads = GC.AllocateUninitializedArray<byte>(length);
        try
        {
            using var zstandard = new Decompressor();
            return zstandard.TryUnwrap(compressed, payloads, out var written) && written == length ? payloads : null;
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    public void Dispose() => _zstandard.Dispose();

    private static bool HasLength(ReadOnlySpan<byte> compressed, int length)
    {
        try
        {
            return Decompressor.GetDecompressedSize(compressed) == (ulong)length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }
}
