using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class HeadRefusalsTests
{
    public static TheoryData<string, int, string> Heads =>
        new()
        {
            { "KANARI\r\n\r\n", 400, "no HTTP/1.1 request" },
            { "GET / HTTP/1.1\r\n\r\n", 400, "one Host header" },
            { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "one Host header" },
            { "GET / HTTP/1.1\r\nHost: a\r\nKANARI\r\n\r\n", 400, "further headers" },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: KANARI\r\n\r\n", 400, "Content-Length" },
            { "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", 400, "TLS" },
            { "GET kanari HTTP/1.1\r\nHost: a\r\n\r\n", 405, "begins with a slash" },
            { "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 405, "begins with a slash" },
            { "GET / HTTP/7.1\r\nHost: a\r\n\r\n", 505, "HTTP/1.1" },
            { $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414, "longer than 8192 bytes" },
            {
                $"GET / HTTP/1.1\r\nHost: a\r\nKanari: {new string('a', 40_000)}\r\n\r\n",
                431,
                "larger than 32768 bytes"
            },
            {
                $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 101).Select(i => $"K{i}: a\r\n"))}\r\n",
                431,
                "more than 100 headers"
            },
            { "GET / HTTP/1.1\r\nHost: a\r\nKANARI", 408, "longer than 0.5 seconds" },
        };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Who_sends_a_head_that_is_refused_is_told_what_to_mend_and_nothing_is_quoted(
        string head,
        int status,
        string detail
    )
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync(Encoding.Latin1.GetBytes(head));

        var answer = connection.Read();
        answer.Status.Should().Be(status);
        answer.Headers["Content-Type"].Should().Be("application/problem+json");
        answer.Headers["Connection"].Should().Be("close");
        answer.Headers["X-Content-Type-Options"].Should().Be("nosniff");
        answer.Body.Should().NotContainEquivalentOf("kanari");
        var problem = JsonDocument.Parse(answer.Body).RootElement;
        problem.GetProperty("status").GetInt32().Should().Be(status);
        problem.GetProperty("title").GetString().Should().NotBeEmpty();
        problem.GetProperty("detail").GetString().Should().Contain(detail);
        connection.IsClosed().Should().BeTrue();
    }

    [Fact]
    public async Task A_refused_head_behind_a_good_request_is_told_so_behind_the_answer()
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n"u8.ToArray());

        connection.Read().Status.Should().Be(200);
        var refused = connection.Read();
        refused.Status.Should().Be(400);
        refused.Body.Should().Contain("no HTTP/1.1 request");
        connection.IsClosed().Should().BeTrue();
    }

    [Fact]
    public async Task A_HEAD_is_answered_without_a_body()
    {
        await using var service = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);

        await client.GetStream().WriteAsync("HEAD / HTTP/1.1\r\n\r\n"u8.ToArray());

        using var everything = new StreamReader(client.GetStream());
        (await everything.ReadToEndAsync())
            .Should()
            .StartWith("HTTP/1.1 400 Bad Request\r\n")
            .And.EndWith("\r\n\r\n")
            .And.NotContain("{");
    }

    [Fact]
    public async Task A_broken_body_stays_the_sources_to_answer()
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync(
            "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Basic c2VnLWtleS0xOg==\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"u8.ToArray()
        );

        var answer = connection.Read();
        answer.Status.Should().Be(400);
        answer.Headers["Content-Type"].Should().NotBe("application/problem+json");
    }

    private static Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(
            $"\"Ingestion\": {{ \"HeaderTimeout\": \"00:00:00.5\" }}, {ServiceUnderTest.FourSources}"
        );
}
