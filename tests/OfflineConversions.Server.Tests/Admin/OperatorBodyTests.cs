using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The bodies of the operator's routes, over real sockets.</summary>
public sealed class OperatorBodyTests : IAsyncLifetime
{
    private const int Cap = 65_536;
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" }, "Sandbox": { "Enabled": true },
            "Ingestion": { "MaxBodyBytes": {{Cap}}, "MaxInFlightBodyBytes": 1048576 }, {{ServiceUnderTest.FourSources}}
            """
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("/api/erasure")]
    [InlineData("/api/failed/replay")]
    [InlineData("/api/failed/discard")]
    public async Task A_body_that_cannot_be_read_is_answered_with_what_is_wrong_and_never_500(string path)
    {
        var text = new string(' ', Cap + 1);

        ShouldBeProblem(await Send(path, $"Content-Length: {text.Length}", text), 413, "larger than 65536 bytes");
        ShouldBeProblem(await Send(path, "Content-Length: 3000000000", ""), 413, "larger than 65536 bytes");
        ShouldBeProblem(
            await Send(path, "Transfer-Encoding: chunked", $"{text.Length:x}\r\n{text}\r\n0\r\n\r\n"),
            413,
            "larger than 65536 bytes"
        );
        ShouldBeProblem(await Send(path, "Transfer-Encoding: chunked", "no number\r\n{}"), 400, "ended early");
        ShouldBeProblem(
            await Send(path, "Content-Length: 2\r\nContent-Encoding: zstd", "{}"),
            415,
            "gzip, deflate or br"
        );
        ShouldBeProblem(
            await Send(path, "Content-Length: 2\r\nContent-Encoding: gzip", "{}"),
            400,
            "not what its Content-Encoding says"
        );
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_in_time_is_answered_408()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" },
            "Ingestion": { "BodyTimeout": "00:00:00.5" },
            {{ServiceUnderTest.FourSources}}
            """
        );
        foreach (var path in new[] { "/api/erasure", "/api/failed/replay" })
        {
            using var slow = await OpenAsync(service, path, "Content-Length: 100", "{");
            ShouldBeProblem(slow.Read(), 408, "too long to arrive");
        }
    }

    [Fact]
    public async Task A_compressed_body_is_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("""{"all":true,"dryRun":true}"""u8.ToArray());
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/failed/replay")
        {
            Content = new ByteArrayContent(packed.ToArray()),
        };
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer the-operators-key");

        using var answer = await _service.Http.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"events":0,"dryRun":true}""");
    }

    [Fact]
    public async Task A_used_up_budget_is_answered_503_with_the_time_to_come_back()
    {
        var slow = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                slow.Add(
                    await OpenAsync(_service, "/api/failed/replay", "Content-Length: 65000", new string(' ', 64_000))
                );
            }

            await Wait.UntilAsync(() => _service.Services.GetRequiredService<BodyReader>().InFlightBytes > 500_000);
            var refused = await Send("/api/erasure", "Content-Length: 65000", new string(' ', 65_000));

            ShouldBeProblem(refused, 503, "overloaded");
            refused.Headers["Retry-After"].Should().Be("1");
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }
    }

    [Theory]
    [InlineData("/v26.0/123/events", "Content-Length: 3000000000", "", 413)]
    [InlineData("/v26.0/123/events", "Transfer-Encoding: chunked", "no number\r\n{}", 400)]
    [InlineData("/sandbox/faults", "Content-Length: 3000000000", "", 413)]
    [InlineData("/sandbox/faults", "Transfer-Encoding: chunked", "no number\r\n{}", 400)]
    public async Task What_the_server_refuses_for_the_sandbox_keeps_its_status(
        string path,
        string header,
        string body,
        int status
    )
    {
        var refused = await Send(path, header, body);

        ShouldBeProblem(refused, status, "status");
        refused.Body.Should().NotContain("AllowedHosts", "the Host header was right");
    }

    private async Task<RawResponse> Send(string path, string header, string body)
    {
        using var connection = await OpenAsync(_service, path, header, body);
        return connection.Read();
    }

    private static async Task<RawConnection> OpenAsync(
        ServiceUnderTest service,
        string path,
        string header,
        string body
    )
    {
        var connection = await RawConnection.OpenAsync(service.Http.BaseAddress!);
        await connection.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer the-operators-key\r\n{header}\r\n\r\n{body}"
            )
        );
        return connection;
    }

    private static void ShouldBeProblem(RawResponse answer, int status, string text)
    {
        answer.Status.Should().Be(status, answer.Body);
        answer.Headers["Content-Type"].Should().StartWith("application/problem+json");
        answer.Body.Should().Contain(text);
    }
}
