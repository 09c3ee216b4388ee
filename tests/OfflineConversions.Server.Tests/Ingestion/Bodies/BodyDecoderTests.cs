using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

public sealed class BodyDecoderTests : IAsyncLifetime
{
    private const int Cap = 20_000;
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $"\"Ingestion\": {{ \"MaxBodyBytes\": {Cap} }}, {ServiceUnderTest.FourSources}"
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw-deflate")]
    [InlineData("deflate, gzip")]
    [InlineData("identity")]
    [InlineData("GZIP, identity, br")]
    public async Task A_compressed_body_is_decoded(string encoding)
    {
        using var answer = await _service.PostAsync(
            "/v1/track",
            Compressed(ServiceUnderTest.Sample(SourceName.RudderStack, "/v1/track"), encoding),
            "rud-key-1"
        );

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        _service.Outbox.Entries.Should().ContainSingle();
    }

    [Theory]
    [InlineData("/segment/v1/track", "seg-key-1", 413)]
    [InlineData("/rudderstack/v1/track", "rud-key-1", 413)]
    [InlineData("/mparticle/v2/events", "mp-key:mp-secret", 400)]
    [InlineData("/commandersact/events", "com-key-1", 400)]
    public async Task A_body_over_the_limit_is_refused_whether_announced_chunked_or_compressed(
        string path,
        string key,
        int status
    )
    {
        var large = $"\"{new string('x', Cap)}\"";
        var bomb = Compressed(new string(' ', 10_000_000), "gzip");
        var nested = Compressed(new string(' ', 10_000_000), "br, gzip");
        var unannounced = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(large)));
        unannounced.Headers.ContentLength = null;

        foreach (var content in new HttpContent[] { new StringContent(large), bomb, nested })
        {
            using var answer = await _service.PostAsync(path, content, key);
            ((int)answer.StatusCode).Should().Be(status);
        }

        using var chunked = await _service.PostAsync(path, unannounced, key, ("Transfer-Encoding", "chunked"));
        ((int)chunked.StatusCode).Should().Be(status);
    }

    [Theory]
    [InlineData("zstd", 415)]
    [InlineData("gzip, gzip, gzip, gzip, gzip", 415)]
    [InlineData("gzip", 400)]
    [InlineData("br", 400)]
    [InlineData("deflate", 400)]
    public async Task An_unknown_or_wrong_content_encoding_is_refused(string encoding, int status)
    {
        var content = new StringContent("{\"not\":\"compressed\"}");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        using var answer = await _service.PostAsync("/rudderstack/v1/track", content, "rud-key-1");

        ((int)answer.StatusCode).Should().Be(status);
    }

    [Fact]
    public async Task A_body_that_decompresses_slowly_to_nothing_waits_with_the_large_ones()
    {
        using var large = new LargeBodies(TimeProvider.System);
        var reader = new BodyReader(new ServiceOptions(), large, TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        var occupied = Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(_ => large.RunAsync("stores", _ => gate.Wait(TimeSpan.FromMinutes(1)), CancellationToken.None))
            .ToArray();
        var nothing = Convert.FromHexString("1F8B080000000000000303000000000000000000"); // an empty gzip member

        var slow = reader.ReadAsync(
            Packed([.. Enumerable.Repeat(nothing, LargeBodies.Bytes / nothing.Length + 1).SelectMany(bytes => bytes)]),
            "stores",
            CancellationToken.None
        );
        using var quick = await reader.ReadAsync(Packed(nothing), "stores", CancellationToken.None);

        quick.Refusal.Should().BeNull();
        slow.IsCompleted.Should().BeFalse("it waits for its turn among the large bodies");
        gate.Set();
        await Task.WhenAll(occupied);
        using var unpacked = await slow;
        unpacked.Refusal.Should().BeNull();
        unpacked.Bytes.IsEmpty.Should().BeTrue();

        static HttpRequest Packed(byte[] bytes)
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.ContentEncoding = "gzip";
            request.Body = new MemoryStream(bytes);
            return request;
        }
    }

    private static ByteArrayContent Compressed(string text, string encodings)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var encoding in encodings.ToLowerInvariant().Split(", "))
        {
            using var buffer = new MemoryStream();
            using (
                Stream compressor = encoding switch
                {
                    "gzip" or "x-gzip" => new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
                    "br" => new BrotliStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
                    "deflate" => new ZLibStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
                    "raw-deflate" => new DeflateStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
                    _ => new BufferedStream(new Unclosed(buffer)),
                }
            )
            {
                compressor.Write(bytes);
            }

            bytes = buffer.ToArray();
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation(
            "Content-Encoding",
            encodings.Replace("raw-", "", StringComparison.Ordinal)
        );
        return content;
    }

    private sealed class Unclosed(MemoryStream inner) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);
    }
}
