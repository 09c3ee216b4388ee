using System.Net.Sockets;
using System.Text;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Hosting;

/// <summary>For input that is not an HTTP request, Kestrel sends a bare status and closes the connection.</summary>
public sealed class MalformedRequestTests
{
    public static TheoryData<string, int> Requests =>
        new()
        {
            { "KANARI\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nKANARI\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: KANARI\r\n\r\n", 400 },
            { "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", 400 },
            { "GET kanari HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
            { "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
            { "GET / HTTP/7.1\r\nHost: a\r\n\r\n", 505 },
            { $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414 },
            { $"GET / HTTP/1.1\r\nHost: a\r\nKanari: {new string('a', 40_000)}\r\n\r\n", 431 },
            {
                "GET / HTTP/1.1\r\nHost: a\r\n"
                    + string.Concat(Enumerable.Range(0, 101).Select(i => $"K{i}: a\r\n"))
                    + "\r\n",
                431
            },
            { "GET / HTTP/1.1\r\nHost: a\r\nKANARI", 408 },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_malformed_request_gets_a_bare_status_and_the_connection_is_closed(string request, int status)
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync(Encoding.Latin1.GetBytes(request));

        var response = connection.Read();
        response.Status.Should().Be(status);
        response.Headers["Connection"].Should().Be("close");
        response.Body.Should().BeEmpty();
        response
            .Headers.Values.Should()
            .NotContain(value => value.Contains("kanari", StringComparison.OrdinalIgnoreCase));
        connection.IsClosed().Should().BeTrue();
    }

    [Fact]
    public async Task A_malformed_request_after_a_valid_one_is_refused_after_the_response_to_the_valid_one()
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n"u8.ToArray());

        connection.Read().Status.Should().Be(200);
        connection.Read().Status.Should().Be(400);
        connection.IsClosed().Should().BeTrue();
    }

    [Fact]
    public async Task A_malformed_HEAD_request_gets_no_body()
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
    public async Task A_broken_body_is_refused_in_the_form_of_the_source()
    {
        await using var service = await StartAsync();
        using var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await connection.SendAsync(
            (byte[])
                [
                    .. "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Basic c2VnLWtleS0xOg==\r\n"u8,
                    .. "Transfer-Encoding: chunked\r\n\r\nZZ\r\n"u8,
                ]
        );

        var response = connection.Read();
        response.Status.Should().Be(400);
        response.Headers["Content-Type"].Should().NotBe("application/problem+json");
        response.Body.Should().NotBeEmpty();
    }

    private static Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(
            $"\"Ingestion\": {{ \"HeaderTimeout\": \"00:00:00.5\" }}, {ServiceUnderTest.FourSources}"
        );
}
