using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>Undoes gzip and Zstandard, which the <c>Content-Encoding</c> or the file's first bytes show.</summary>
internal static class FileDecompression
{
    private const int LongestMark = 8;
    private const int MostLayers = 2;

    /// <summary>Frames with a larger window than 32 MiB need <c>--ultra</c> or <c>--long</c>.</summary>
    private const int LargestWindow = 25;

    /// <summary>Opens the file.</summary>
    /// <param name="file">The file as it arrives.</param>
    /// <param name="contentEncoding">The header, which may be absent.</param>
    /// <param name="limit">The most bytes before and after decompression.</param>
    /// <exception cref="UnreadableFileException">The encoding is not supported, or the bytes are not in it.</exception>
    public static PeekedStream Open(Stream file, string? contentEncoding, long limit)
    {
        var named = Named(contentEncoding);
        var wire = new LimitedStream(file, limit);
        var stream = new PeekedStream(wire, LongestMark);
        for (var layer = 0; layer < MostLayers; layer++)
        {
            var found = Found(stream.Peek());
            if (layer == 0 && named is { } expected && found != expected && !stream.Peek().IsEmpty)
            {
                throw new UnreadableFileException(
                    UnreadableFile.Malformed,
                    $"The file is not in {expected.ToString().ToLowerInvariant()}, as its Content-Encoding says."
                );
            }

            if (found == Compression.None)
            {
                break;
            }

            stream = new PeekedStream(
                new LimitedStream(
                    new Decompressing(Decompress(stream, found), found == Compression.Gzip ? stream : null),
                    limit,
                    wire
                ),
                LongestMark
            );
        }

        return stream;
    }

    private static Compression? Named(string? contentEncoding) =>
        contentEncoding?.Trim().ToLowerInvariant() switch
        {
            null or "" or "identity" => null,
            "gzip" or "x-gzip" => Compression.Gzip,
            "zstd" => Compression.Zstd,
            _ => throw new UnreadableFileException(
                UnreadableFile.Unsupported,
                "The Content-Encoding is not supported; send the file as it is, or with gzip or zstd."
            ),
        };

    private static Compression Found(ReadOnlySpan<byte> first) =>
        first switch
        {
            [0x1F, 0x8B, ..] => Compression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression.Zstd,
            _ => Compression.None,
        };

    private static Stream Decompress(Stream stream, Compression compression)
    {
        if (compression == Compression.Gzip)
        {
            return new GZipStream(stream, CompressionMode.Decompress);
        }

        var decompressor = new DecompressionStream(stream, leaveOpen: false);
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindow);
        return decompressor;
    }

    private enum Compression
    {
        None,
        Gzip,
        Zstd,
    }

    /// <summary>Says in our words that the bytes are damaged.</summary>
    private sealed class Decompressing(Stream inner, PeekedStream? gzip) : ReadOnlyStream(inner)
    {
        private long _total;

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var read = Inner.Read(buffer);
                _total += read;

                // The framework takes a truncated file for a complete one. The last four bytes of a complete one are
                // the length of its last part (RFC 1952), which cannot exceed that of the whole.
                return read > 0 || buffer.IsEmpty || gzip is null || gzip.LastBytes <= _total ? read : throw Broken();
            }
            catch (Exception broken) when (broken is InvalidDataException or ZstdException or EndOfStreamException)
            {
                throw Broken();
            }
        }

        private static UnreadableFileException Broken() =>
            new(UnreadableFile.Malformed, "The file cannot be decompressed: it is damaged or incomplete.");
    }
}
