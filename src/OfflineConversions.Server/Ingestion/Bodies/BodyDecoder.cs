using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>The result of <see cref="BodyDecoder.Decode"/>.</summary>
/// <param name="Bytes">The output of the last stage that ran. The caller disposes it.</param>
/// <param name="IsDecodable">Whether the bytes were in the format that the header names.</param>
internal readonly record struct DecodedBytes(PooledBytes Bytes, bool IsDecodable);

/// <summary>How many bytes a body may decode to.</summary>
/// <param name="LimitBytes">The most bytes that any stage may produce.</param>
/// <param name="Refusal">The refusal of a body that exceeds it.</param>
internal readonly record struct DecodedLimit(int LimitBytes, Refusal Refusal);

/// <summary>
/// Undoes <c>Content-Encoding</c> and stops at the limit, so that a compression bomb costs no more than any other body.
/// </summary>
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
    /// The encodings of the header in the order in which they were applied, or <see langword="null"/> if one is unknown
    /// or there are too many.
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
        return names.Length <= MostEncodings && Array.TrueForAll(names, name => Parse(name) is not null) ? names : null;
    }

    /// <summary>How many bytes a body of this size may decode to.</summary>
    public static DecodedLimit Limit(int wireBytes, IngestionOptions limits)
    {
        // Every stage is compared with the bytes that came over the wire, so several layers of compression do not
        // multiply the ratio. A small body may always decode to an amount that harms nothing.
        var decoded = Math.Max(AlwaysAllowedBytes, (long)wireBytes * limits.MaxCompressionRatio);
        return decoded < limits.MaxBodyBytes
            ? new DecodedLimit((int)decoded, Refusal.TooDense(limits.MaxCompressionRatio))
            : new DecodedLimit(limits.MaxBodyBytes, Refusal.TooLarge(limits.MaxBodyBytes));
    }

    /// <summary>Decodes, last encoding first, and stops at the first stage that exceeds the limit.</summary>
    /// <param name="wire">The bytes that came over the wire. They still belong to the caller.</param>
    /// <param name="encodings">The encodings in the order in which they were applied.</param>
    /// <param name="limitBytes">The most bytes that any stage may produce.</param>
    /// <param name="budget">The budget that is charged for the output.</param>
    /// <param name="slice">The time slice of a large body; none for a small one.</param>
    public static DecodedBytes Decode(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        int limitBytes,
        BodyBudget budget,
        TimeSlice? slice = null
    )
    {
        var (bytes, decodable) = (wire, true);
        for (var i = encodings.Count - 1; i >= 0 && decodable && !bytes.IsFull; i--)
        {
            var decoded = new PooledBytes(limitBytes, budget);
            decodable = Fill(decoded, Open(bytes, Parse(encodings[i])!.Value, slice), slice);
            if (bytes != wire)
            {
                bytes.Dispose();
            }

            bytes = decoded;
        }

        return new DecodedBytes(bytes, decodable);
    }

    private static bool Fill(PooledBytes decoded, Stream decoder, TimeSlice? slice)
    {
        using (decoder)
        {
            try
            {
                while (!decoded.IsFull)
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

    // By "deflate" RFC 9110 means the zlib format, but many clients send the raw stream. In a zlib header (RFC 1950)
    // the method is 8 and the first two bytes are divisible by 31.
    private static bool HasZlibHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 2 && (bytes[0] & 0x0F) == 8 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;

    private static Encoding? Parse(string name) =>
        name.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => Encoding.Gzip,
            "deflate" => Encoding.Deflate,
            "br" => Encoding.Brotli,
            _ => null,
        };
}
