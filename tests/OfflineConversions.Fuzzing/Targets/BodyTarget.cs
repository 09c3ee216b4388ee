using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// A line with the <c>Content-Encoding</c>, then the body. It is read with a small limit, with the default limits and
/// with a small budget: it is refused or decoded within the limit, and all bytes return to the budget.
/// </summary>
internal sealed class BodyTarget() : Target("bodies")
{
    private static readonly string[] Encodings =
    [
        "gzip",
        "x-gzip",
        "deflate",
        "raw",
        "br",
        "identity",
        "gzip, br",
        "br, gzip",
        "deflate, gzip",
        "gzip, gzip, gzip",
        "GZIP,,identity",
        "zstd",
        "",
    ];

    private static readonly ServiceOptions[] Limits =
    [
        Limit(64 * 1024, 256 * 1024 * 1024),
        Limit(new IngestionOptions().MaxBodyBytes, new IngestionOptions().MaxInFlightBodyBytes),
        Limit(64 * 1024, 64 * 1024),
    ];

    private readonly LargeBodies _large = new(TimeProvider.System);
    private readonly TimeProvider _time = FuzzingTime.Stopped();

    public override IEnumerable<byte[]> Seeds =>
        from plain in Plain()
        from encoding in Encodings
        select Lines.Join(encoding == "raw" ? "deflate" : encoding, Encoded(plain, encoding));

    // A buffer doubles up to the limit, on the wire and in each of four stages. The decoders have their own state.
    public override long MostAllocated(int inputBytes) => 64L * 1024 * 1024;

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var (line, rest) = Lines.Cut(input);
        return random.Next(8) switch
        {
            0 => Lines.Join(Encodings[random.Next(Encodings.Length)], rest),
            1 => ByteMutation.Mutate(input, others, random),
            2 => Lines.Join("gzip, " + line, Encoded(rest, "gzip")),
            _ => Lines.Join(line, ByteMutation.Mutate(rest, others, random)),
        };
    }

    public override string? Run(byte[] input)
    {
        var (line, body) = Lines.Cut(input);
        return Limits.Select(limits => Read(line, body, limits)).FirstOrDefault(problem => problem is not null);
    }

    public override void Dispose() => _large.Dispose();

    private string? Read(string line, byte[] body, ServiceOptions limits)
    {
        var reader = new BodyReader(limits, _large, _time);
        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = line;
        context.Request.Body = new MemoryStream(body);
        using (
            var reading = reader
                .ReadAsync(context.Request, body.Length % 2 == 0 ? "stores" : null, CancellationToken.None)
                .GetAwaiter()
                .GetResult()
        )
        {
            _ = reading.IsWide;
            if (
                reading.Refusal is null
                && (reading.Bytes.Length > limits.Ingestion.MaxBodyBytes || reading.Json.Length > reading.Bytes.Length)
            )
            {
                return "a body above its limit";
            }

            if (reading.Refusal is not null && reading.Bytes.Length > 0)
            {
                return "a refused body that has bytes";
            }
        }

        return reader.InFlightBytes == 0 ? null : "bytes did not return to the budget";
    }

    private static IEnumerable<byte[]> Plain()
    {
        yield return [];
        yield return Encoding.UTF8.GetBytes(
            """
            {"type":"track","event":"Order Completed","properties":{"revenue":9.9},
             "context":{"traits":{"email":"a@example.com"}}}
            """
        );
        yield return [.. Enumerable.Range(0, 3000).Select(value => (byte)((value * 31) ^ (value >> 3)))];
        yield return new byte[300_000]; // above the small limit when decoded
    }

    private static byte[] Encoded(byte[] plain, string encodings)
    {
        foreach (
            var encoding in encodings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            using var packed = new MemoryStream();
            using (
                Stream? packing = encoding.ToLowerInvariant() switch
                {
                    "gzip" or "x-gzip" => new GZipStream(packed, CompressionLevel.Fastest),
                    "deflate" => new ZLibStream(packed, CompressionLevel.Fastest),
                    "raw" => new DeflateStream(packed, CompressionLevel.Fastest),
                    "br" => new BrotliStream(packed, CompressionLevel.Fastest),
                    _ => null,
                }
            )
            {
                if (packing is null)
                {
                    continue;
                }

                packing.Write(plain);
            }

            plain = packed.ToArray();
        }

        return plain;
    }

    private static ServiceOptions Limit(int body, long inFlight) =>
        new() { Ingestion = { MaxBodyBytes = body, MaxInFlightBodyBytes = inFlight } };
}
