using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace OfflineConversions.Server.Ingestion;

/// <summary>Undoes <c>Content-Encoding</c>, stopping at the cap: a bomb costs no more than an honest body.</summary>
public static class BodyDecoder
{
    private const int MostEncodings = 4;

    private enum Encoding
    {
        Gzip,
        Deflate,
        Brotli,
    }

    /// <summary>The encodings in the order in which they were applied, or <see langword="null"/> where one is unknown.</summary>
    public static IReadOnlyList<string>? Encodings(StringValues header)
    {
        if (header.Count == 0)
        {
            return [];
        }

        var names = header.SelectMany(value => (value ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase))
            .ToArray();
        return names.Length <= MostEncodings && Array.TrueForAll(names, name => Known(name) is not null) ? names : null;
    }

    /// <summary>Decodes, last encoding first. Gives the given bytes back to the pool as they are used up.</summary>
    public static (PooledBytes Bytes, Refusal? Refusal) Decode(PooledBytes bytes, IReadOnlyList<string> encodings, int cap)
    {
        Refusal? refusal = null;
        for (var i = encodings.Count - 1; i >= 0 && refusal is null; i--)
        {
            var decoded = new PooledBytes(Math.Min(bytes.Written.Length * 4, cap) + 1, cap);
            refusal = Fill(decoded, Open(bytes, Known(encodings[i])!.Value), cap);
            bytes.Dispose();
            bytes = decoded;
        }

        return (bytes, refusal);
    }

    private static Refusal? Fill(PooledBytes decoded, Stream decoder, int cap)
    {
        using (decoder)
        {
            try
            {
                int read;
                while (!decoded.Overflown && (read = decoder.Read(decoded.Free().Span)) > 0)
                {
                    decoded.Advance(read);
                }

                return decoded.Overflown ? Refusal.TooLarge(cap) : null;
            }
            catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException or IOException)
            {
                return Refusal.Undecodable;
            }
        }
    }

    private static Stream Open(PooledBytes bytes, Encoding encoding) => encoding switch
    {
        Encoding.Gzip => new GZipStream(bytes.AsStream(), CompressionMode.Decompress),
        Encoding.Brotli => new BrotliStream(bytes.AsStream(), CompressionMode.Decompress),
        _ when HasZlibHeader(bytes.Written.Span) => new ZLibStream(bytes.AsStream(), CompressionMode.Decompress),
        _ => new DeflateStream(bytes.AsStream(), CompressionMode.Decompress),
    };

    // RFC 9110 means zlib by "deflate", but many clients send the bare stream. RFC 1950: method 8, and the first two bytes divide by 31.
    private static bool HasZlibHeader(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && (bytes[0] & 0x0F) == 8 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;

    private static Encoding? Known(string name) => name.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => Encoding.Gzip,
        "deflate" => Encoding.Deflate,
        "br" => Encoding.Brotli,
        _ => null,
    };
}
