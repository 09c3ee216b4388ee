using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>Bodies that do not end as HTTP requires, over raw sockets and without a key.</summary>
public sealed class BrokenBodyTests(BrokenBodyServices running) : IClassFixture<BrokenBodyServices>
{
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>What follows the headers that every request has, and whether the client then ends its side.</summary>
    public static TheoryData<string, string> Bodies =>
        new()
        {
            { "chunk size 80000000", $"{Chunked}80000000\r\n{{}}" },
            { "chunk size FFFFFFFF", $"{Chunked}FFFFFFFF\r\n{{}}" },
            { "chunk size 7FFFFFFF", $"{Chunked}7FFFFFFF\r\n{{}}" },
            { "chunk size of nine digits", $"{Chunked}100000000\r\n{{}}" },
            { "chunk size of 16 digits", $"{Chunked}FFFFFFFFFFFFFFFF\r\n{{}}" },
            { "chunk size of 17 digits", $"{Chunked}10000000000000002\r\n{{}}" },
            { "chunk size of 10,000 digits", $"{Chunked}{new string('F', 10_000)}\r\n{{}}" },
            { "second chunk too large", $"{Chunked}2\r\n{{}}\r\n80000000\r\n" },
            { "negative chunk size", $"{Chunked}-1\r\n{{}}" },
            { "chunk size with 0x", $"{Chunked}0x2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a blank", $"{Chunked} 2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size that is no number", $"{Chunked}ZZ\r\n{{}}" },
            { "chunk size of another script", $"{Chunked}\u00b2\r\n{{}}" },
            { "no chunk size", $"{Chunked}\r\n{{}}" },
            { "chunk size without line feed", $"{Chunked}2\r{{}}" },
            { "chunk size without carriage return", $"{Chunked}2\n{{}}\n0\n\n" },
            { "chunk without its end", $"{Chunked}2\r\n{{}}XX0\r\n\r\n" },
            { "chunk shorter than its size", $"{Chunked}5\r\n{{}}\r\n0\r\n\r\n" },
            { "extension that never ends", $"{Chunked}2;{new string('a', 9_000)}" },
            { "extension with a control character", $"{Chunked}2;a=\u0001\r\n{{}}" },
            { "extension with a bare line feed", $"{Chunked}2;a\n{{}}\r\n0\r\n\r\n" },
            { "trailer without a colon", $"{Chunked}0\r\nnonsense\r\n\r\n" },
            { "trailer too large", $"{Chunked}0\r\na: {new string('a', 40_000)}\r\n\r\n" },
            { "too many trailers", $"{Chunked}0\r\n{string.Concat(Enumerable.Repeat("a: b\r\n", 500))}\r\n" },
            { "trailer that is not text", $"{Chunked}0\r\na: \u0000\r\n\r\n" },
            { "trailer that is not UTF-8", $"{Chunked}2\r\n{{}}\r\n0\r\na: \u00ff\u00fe\r\n\r\n" },
            { "trailer with a bare return", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\rc\r\n\r\n" },
            { "trailer whose name is not text", $"{Chunked}2\r\n{{}}\r\n0\r\n\u00ff\u0000: b\r\n\r\n" },
            { "end in a chunk size", $"{Chunked}8000" },
            { "end in a chunk", $"{Chunked}10\r\n{{" },
            { "end before the last chunk", $"{Chunked}2\r\n{{}}\r\n" },
            { "end in the trailers", $"{Chunked}0\r\na: b" },
            { "end before the body", "Content-Length: 10\r\n\r\n" },
            { "end in the body", "Content-Length: 10\r\n\r\n{" },
            { "length of 20 digits", "Content-Length: 99999999999999999999\r\n\r\n{}" },
            { "length of more than a body may have", "Content-Length: 9223372036854775807\r\n\r\n{}" },
            { "negative length", "Content-Length: -1\r\n\r\n{}" },
            { "two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" },
            { "length and chunks", $"Content-Length: 2\r\n{Chunked}80000000\r\n" },
            {
                "length and chunks, the other way round",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nZZ\r\n"
            },
            { "two transfer encodings", $"Transfer-Encoding: gzip, chunked\r\n\r\n80000000\r\n" },
            { "chunks that are not last", "Transfer-Encoding: chunked, gzip\r\n\r\n80000000\r\n" },
            { "transfer encoding that is unknown", "Transfer-Encoding: nonsense\r\n\r\n{}" },
            { "expectation, then a broken chunk", $"Expect: 100-continue\r\n{Chunked}80000000\r\n" },
            { "unknown expectation", $"Expect: nonsense\r\n{Chunked}80000000\r\n" },
            { "expectation and no body", "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n" },
            { "encoding of a broken chunk", $"Content-Encoding: gzip\r\n{Chunked}80000000\r\n" },
            { "encodings of a broken chunk", $"Content-Encoding: gzip, br, deflate, gzip\r\n{Chunked}FFFFFFFF\r\n" },
            { "unknown encoding of a broken chunk", $"Content-Encoding: nonsense\r\n{Chunked}80000000\r\n" },
            { "chunk size 80000001", $"{Chunked}80000001\r\n{{}}" },
            { "chunk size 8000000000000000", $"{Chunked}8000000000000000\r\n{{}}" },
            { "chunk size 7FFFFFFFFFFFFFFF", $"{Chunked}7FFFFFFFFFFFFFFF\r\n{{}}" },
            { "chunk size with leading zeros", $"{Chunked}{new string('0', 2_000)}80000000\r\n{{}}" },
            { "third chunk too large", $"{Chunked}1\r\n{{\r\n1\r\n}}\r\nffffffff\r\n" },
            { "chunk size with a sign", $"{Chunked}+2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a tab", $"{Chunked}2\t\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a null", $"{Chunked}2\0\r\n{{}}\r\n0\r\n\r\n" },
            { "extension with quotes that do not end", $"{Chunked}2;a=\"b\r\n{{}}\r\n80000000\r\n" },
            { "extensions of 9,000 bytes", $"{Chunked}2;{new string('a', 9_000)}\r\n{{}}\r\n80000000\r\n" },
            { "last chunk twice", $"{Chunked}0\r\n\r\n0\r\n\r\n" },
            { "last chunk of many zeros", $"{Chunked}00000000000000000\r\n\r\n" },
            { "trailer that repeats a framing header", $"{Chunked}2\r\n{{}}\r\n0\r\nContent-Length: 9\r\n\r\n" },
            { "trailer without a name", $"{Chunked}2\r\n{{}}\r\n0\r\n: b\r\n\r\n" },
            { "trailer that begins with a blank", $"{Chunked}2\r\n{{}}\r\n0\r\n a: b\r\n\r\n" },
            { "trailer with a blank before the colon", $"{Chunked}2\r\n{{}}\r\n0\r\na : b\r\n\r\n" },
            { "trailer that goes on in the next line", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\r\n c\r\n\r\n" },
            { "trailers that never end", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\r\n" },
            { "gzip without anything", $"Content-Encoding: gzip\r\n{Chunked}0\r\n\r\n" },
            { "gzip cut in its header", Compressed("gzip", GzipOf("{}")[..5]) },
            { "gzip cut in its content", Compressed("gzip", GzipOf("{\"a\":\"bcdefghijkl\"}")[..20]) },
            { "gzip cut before its checksum", Compressed("gzip", GzipOf("{}")[..^8]) },
            { "gzip with a wrong checksum", Compressed("gzip", GzipOf("{}")[..^8] + "\u0001\0\0\0\u0002\0\0\0") },
            {
                "gzip with flags that promise more",
                Compressed("gzip", "\u001f\u008b\u0008\u001f" + new string('\0', 6))
            },
            { "gzip of an unknown method", Compressed("gzip", "\u001f\u008b\u0063" + GzipOf("{}")[3..]) },
            { "gzip and then something else", Compressed("gzip", GzipOf("{}") + "nonsense") },
            { "gzip twice, announced once", Compressed("gzip", GzipOf("{}") + GzipOf("{}")) },
            {
                "gzip cut, in a broken chunk",
                $"Content-Encoding: gzip\r\n{Chunked}5\r\n{GzipOf("{}")[..5]}\r\n80000000\r\n"
            },
            { "deflate that is none", Compressed("deflate", "\u0078\u009c\u00ff\u00ff") },
            { "deflate cut", Compressed("deflate", "\u0078\u009c\u00ab") },
            { "br that is none", Compressed("br", "\u00ff\u00ff\u00ff\u00ff") },
            { "br cut", Compressed("br", "\u000b\u0001") },
            { "encoding with a quality", Compressed("gzip;q=1", "{}") },
            { "encoding with an empty part", Compressed("gzip,,", "{}") },
            { "encodings, five hundred", Compressed(string.Join(',', Enumerable.Repeat("gzip", 500)), "{}") },
            { "two encoding headers", "Content-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}" },
            { "length with a plus", "Content-Length: +2\r\n\r\n{}" },
            { "length in hexadecimal", "Content-Length: 0x2\r\n\r\n{}" },
            { "length of two numbers", "Content-Length: 2, 2\r\n\r\n{}" },
            { "empty length", "Content-Length: \r\n\r\n{}" },
            { "length just over what an int holds", "Content-Length: 2147483648\r\n\r\n{}" },
            { "two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" },
            { "transfer encoding in another case, then broken", "Transfer-Encoding: CHUNKED\r\n\r\n80000000\r\n" },
            {
                "transfer encoding twice",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\n"
            },
            { "transfer encoding with a vertical tab", "Transfer-Encoding: \u000bchunked\r\n\r\n80000000\r\n" },
            { "transfer encoding in a folded line", "Transfer-Encoding:\r\n chunked\r\n\r\n80000000\r\n" },
            {
                "charset that does not exist",
                $"Content-Type: application/json; charset=\u00ff\r\n{Chunked}80000000\r\n"
            },
            { "form without a boundary", "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n\r\n{}" },
            { "two hosts", "Host: b\r\nContent-Length: 2\r\n\r\n{}" },
            { "header without a colon", "nonsense\r\nContent-Length: 2\r\n\r\n{}" },
            { "header with a null", "a: \0\r\nContent-Length: 2\r\n\r\n{}" },
            { "header of 40,000 bytes", $"a: {new string('a', 40_000)}\r\nContent-Length: 2\r\n\r\n{{}}" },
            {
                "five hundred headers",
                $"{string.Concat(Enumerable.Repeat("a: b\r\n", 500))}Content-Length: 2\r\n\r\n{{}}"
            },
            {
                "keep-alive that is no number",
                $"Connection: keep-alive, close\r\nKeep-Alive: x\r\n{Chunked}80000000\r\n"
            },
            { "upgrade", $"Connection: Upgrade\r\nUpgrade: websocket\r\n{Chunked}80000000\r\n" },
            { "upgrade to HTTP/2", $"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n{Chunked}80000000\r\n" },
        };

    private static readonly string[] Requests =
    [
        "POST /segment/v1/batch HTTP/1.1",
        "POST /v1/batch HTTP/1.1",
        "PUT /mparticle/v2/events HTTP/1.1",
        "POST /rudderstack/beacon/v1/batch?writeKey=unknown HTTP/1.1",
        "POST /commandersact/events HTTP/1.1",
        "GET /pixel/v1/track?writeKey=rud-key-1&a.b=%ff%00&a.b.c=1 HTTP/1.1",
        "POST /api/preview HTTP/1.1",
        "POST /api/erasure HTTP/1.1",
        "POST /api/failed/replay HTTP/1.1",
        "POST /healthz HTTP/1.1",
        "POST /nowhere HTTP/1.1",
        "POST /sandbox/faults HTTP/1.1",
        "POST /v27.0/1/events HTTP/1.1",
    ];

    /// <summary>How the client goes on after its request.</summary>
    private enum Ending
    {
        Waits,
        EndsItsSide,
        Resets,
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_broken_body_is_the_callers_mistake_and_leaves_no_error_in_the_log(string what, string rest)
    {
        var attempts = running.All.SelectMany(service =>
            Requests
                .Select(request => $"{request}\r\nHost: a\r\nAuthorization: {service.Key}\r\n{rest}")
                .SelectMany(request => Enum.GetValues<Ending>().Select(ending => SendAsync(service, request, ending)))
        );
        var statuses = await Task.WhenAll(attempts);

        statuses.Should().NotContain(500, what).And.Contain(status => status >= 400, what);
        running.Problems().Should().BeEmpty(what);
    }

    [Theory]
    [InlineData("80000000")]
    [InlineData("FFFFFFFF")]
    [InlineData("10000000000000002")]
    [InlineData("ZZ")]
    public async Task A_chunk_size_that_cannot_be_read_is_refused_in_the_form_of_the_source_and_counted(string size)
    {
        var service = running.All[0];
        using var connection = await RawConnection.OpenAsync(service.Service.Http.BaseAddress!);
        await connection.SendAsync(
            Encoding.Latin1.GetBytes(
                "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer seg-key-1\r\n"
                    + $"{Chunked}2\r\n{{}}\r\n{size}\r\n"
            )
        );

        var response = connection.Read();

        response.Status.Should().Be(400);
        response.Body.Should().Contain("\"code\":\"unreadable\"");
        connection.IsClosed().Should().BeTrue("what follows cannot be told from the next request");
        (await CountAsync(service, "400")).Should().BePositive();
        (await CountAsync(service, "500")).Should().Be(0);
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_of_its_body_is_counted()
    {
        var service = running.All[0];
        var before = await CountAsync(service, "499") + await CountAsync(service, "400");
        await SendAsync(
            service,
            "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer seg-key-1\r\n"
                + "Content-Length: 10\r\n\r\n{",
            Ending.Resets
        );

        await Wait.UntilAsync(async () => await CountAsync(service, "499") + await CountAsync(service, "400") > before);
        running.Problems().Should().BeEmpty();
    }

    private static string Compressed(string encoding, string body) =>
        $"Content-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Compressed bytes as Latin-1 text, which is sent as it is.</summary>
    private static string GzipOf(string json)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(json));
        }

        return Encoding.Latin1.GetString(compressed.ToArray());
    }

    private static async Task<double> CountAsync(BrokenBodyServices.Running service, string status) =>
        (await service.Service.Http.GetStringAsync("/metrics"))
            .Split('\n')
            .Where(line =>
                line.StartsWith("offlineconversions_request_duration_seconds_count", StringComparison.Ordinal)
                && line.Contains($"status=\"{status}\"", StringComparison.Ordinal)
            )
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

    /// <summary>Returns the status of the first response; 0 without one.</summary>
    private static async Task<int> SendAsync(BrokenBodyServices.Running service, string request, Ending ending)
    {
        using var client = new TcpClient();
        var address = service.Service.Http.BaseAddress!;
        await client.ConnectAsync(address.Host, address.Port);
        try
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
            if (ending == Ending.Resets)
            {
                await Task.Delay(20); // the service has begun to read
                client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                return 0;
            }

            if (ending == Ending.EndsItsSide)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            var buffer = new byte[4096];
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var read = await client.Client.ReceiveAsync(buffer, patience.Token);
            var words = Encoding.Latin1.GetString(buffer, 0, read).Split(' ');
            return words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException)
        {
            return 0;
        }
    }
}

/// <summary>Two services with everything that is logged at information and above.</summary>
public sealed class BrokenBodyServices : IAsyncLifetime
{
    private const string OperatorKey = "operator-key-0123456789";

    private readonly CapturedLog _log = new();

    internal IReadOnlyList<Running> All { get; private set; } = [];

    public async Task InitializeAsync() =>
        All = [
            new Running(await StartAsync("Production"), "Bearer unknown"),
            new Running(await StartAsync("Development"), $"Bearer {OperatorKey}"),
        ];

    public async Task DisposeAsync()
    {
        foreach (var running in All)
        {
            await running.Service.DisposeAsync();
        }
    }

    /// <summary>What was logged as an error or with a stack trace.</summary>
    internal IEnumerable<LogLine> Problems() =>
        _log.Lines.Where(line =>
            line.Level >= LogLevel.Error || line.Text.Contains("   at ", StringComparison.Ordinal)
        );

    private async Task<ServiceUnderTest> StartAsync(string environment)
    {
        var service = await ServiceUnderTest.StartAsync(
            "\"Ingestion\": { \"HeaderTimeout\": \"00:00:00.5\", \"BodyTimeout\": \"00:00:00.2\" }, "
                + $"\"Sandbox\": {{ \"Enabled\": true }}, \"Admin\": {{ \"ApiKey\": \"{OperatorKey}\" }}, "
                + ServiceUnderTest.FourSources,
            environment,
            logLevel: "Information"
        );
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        return service;
    }

    /// <summary>A service and the header with which the requests come.</summary>
    internal sealed record Running(ServiceUnderTest Service, string Key);
}
