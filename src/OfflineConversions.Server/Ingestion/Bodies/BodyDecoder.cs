using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>Undoes <c>Content-Encoding</c>, stopping at the cap: a bomb costs no more than an honest body.</summary>
internal static class BodyDecoder
{
    private const int MostEncodings = 4;
    private const int AlwaysAllowedBytes = 1024 * 1024;
    private const int BytesAtOnce = 64 * 1024;

    private enum Encoding
    {
        Gzip,
        Deflate,
        Brotli,
    }

    /// <summary>
    /// The encodings in the order in which they were applied, or <see langword="null"/> where one is unknown.
    /// </summary>
    public static IReadOnlyList<string>? Encodings(StringValues header)
    {
        if (header.Count == 0)
        {
            return [];
        }

        var names = header
            .SelectMany(value =>
                (value ?? string.Empty).Split(
                    ',',
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                )
            )
            .Where(name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase))
            .ToArray();
        return names.Length <= MostEncodings && Array.TrueForAll(names, name => Known(name) is not null) ? names : null;
    }

    /// <summary>How much may come out of this much, and the refusal where more does.</summary>
    public static (int Bytes, Refusal Otherwise) Most(int wireBytes, IngestionOptions limits)
    {
        // Beyond what is harmless anyhow, every stage is measured by what came over the wire: layers do not multiply.
        var inflated = Math.Max(AlwaysAllowedBytes, (long)wireBytes * limits.MaxCompressionRatio);
        return inflated < limits.MaxBodyBytes
            ? ((int)inflated, Refusal.TooDense(limits.MaxCompressionRatio))
            : (limits.MaxBodyBytes, Refusal.TooLarge(limits.MaxBodyBytes));
    }

    /// <summary>Decodes, last encoding first, and stops where a stage holds more than the cap.</summary>
    /// <param name="wire">What came over the wire. It stays the caller's.</param>
    /// <param name="encodings">How it was encoded.</param>
    /// <param name="cap">The most bytes of each stage.</param>
    /// <param name="budget">What all bodies share.</param>
    /// <param name="slice">The time slice of a large body; none for a small one.</param>
    /// <returns>The last stage that was reached, and whether the bytes were what the encoding says.</returns>
    public static (PooledBytes Bytes, bool Decodable) Decode(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        int cap,
        BodyBudget budget,
        TimeSlice? slice = null
    )
    {
        var (bytes, decodable) = (wire, true);
        for (var i = encodings.Count - 1; i >= 0 && decodable && !bytes.IsClosed; i--)
        {
            var decoded = new PooledBytes(cap, budget);
            decodable = Fill(decoded, Open(bytes, Known(encodings[i])!.Value, slice), slice);
            if (bytes != wire)
            {
                bytes.Dispose();
            }

            bytes = decoded;
        }

        return (bytes, decodable);
    }

    private static bool Fill(PooledBytes decoded, Stream decoder, TimeSlice? slice)
    {
        using (decoder)
        {
            try
            {
                while (!decoded.IsClosed)
                {
                    var free = decoded.Free().Span;
                    var read = free.IsEmpty ? 0 : decoder.Read(free[..Math.Min(free.Length, BytesAtOnce)]);
                    decoded.Advance(read);
                    if (read == 0)
                    {
                        break;
                    }

                    slice?.YieldIfOver();
                }

                return true;
            }
            catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException or IOException)
            {
                return false;
            }
        }
    }

    private static Stream Open(PooledBytes bytes, Encoding encoding, TimeSlice? slice) =>
        encoding switch
        {
            Encoding.Gzip => new GZipStream(bytes.AsStream(slice), CompressionMode.Decompress),
            Encoding.Brotli => new BrotliStream(bytes.AsStream(slice), CompressionMode.Decompress),
            _ when HasZlibHeader(bytes.Written.Span) => new ZLibStream(
                bytes.AsStream(slice),
                CompressionMode.Decompress
            ),
            _ => new DeflateStream(bytes.AsStream(slice), CompressionMode.Decompress),
        };

    // RFC 9110 means zlib by "deflate", but many clients send the bare stream. RFC 1950: method 8, and the first two
    // bytes divide by 31.
    private static bool HasZlibHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 2 && (bytes[0] & 0x0F) == 8 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;

    private static Encoding? Known(string name) =>
        name.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => Encoding.Gzip,
            "deflate" => Encoding.Deflate,
            "br" => Encoding.Brotli,
            _ => null,
        };
}
