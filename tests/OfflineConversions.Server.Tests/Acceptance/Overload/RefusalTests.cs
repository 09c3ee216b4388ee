using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Overload;

/// <summary>
/// A running service refuses requests in the form that the vendor's clients expect, and keeps running. The tests of
/// Ingestion cover each refusal separately.
/// </summary>
public sealed class RefusalTests(RefusalTests.Service running) : IClassFixture<RefusalTests.Service>
{
    private const int Cap = 64 * 1024;

    // Path and key, then the status for a wrong key, for no key, for malformed JSON and for a body that is too large.
    [Theory]
    [InlineData("/mparticle/v2/events", "APIKEY:APISECRET", 403, 401, 400, 400)]
    [InlineData("/segment/v1/batch", "WK_TEST_123:", 401, 401, 400, 413)]
    [InlineData("/rudderstack/v1/batch", "WK_RUDDER_123:", 401, 401, 400, 413)]
    [InlineData("/commandersact/events", "CA_TEST_123:", 401, 401, 400, 400)]
    public async Task Every_source_has_its_own_refusals_and_a_compression_bomb_is_refused_as_too_large(
        string path,
        string key,
        int wrongKey,
        int missingKey,
        int malformed,
        int tooLarge
    )
    {
        var refused = new List<int>
        {
            await PostAsync(path, "unknown:key", "{}"u8.ToArray()),
            await PostAsync(path, null, "{}"u8.ToArray()),
            await PostAsync(path, key, "{\"batch\":["u8.ToArray()),
            await PostAsync(path, key, Encoding.UTF8.GetBytes(new string(' ', Cap + 1))),
            await PostAsync(path, key, Bomb(), "gzip"),
        };

        refused.Should().Equal(wrongKey, missingKey, malformed, tooLarge, tooLarge);
        (await running.Process.Http.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_far_over_the_limit_gets_a_response_instead_of_a_reset_connection()
    {
        using var connection = await RawConnection.OpenAsync(running.Process.Address);
        var head = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                POST /segment/v1/batch HTTP/1.1
                Host: localhost
                Authorization: Basic {Convert.ToBase64String("WK_TEST_123:"u8)}
                Content-Length: {20 * Cap}


                """
            )
            .ReplaceLineEndings("\r\n");
        await connection.SendAsync(Encoding.ASCII.GetBytes(head));
        for (var i = 0; i < 20; i++)
        {
            await connection.SendAsync(new byte[Cap]);
        }

        connection.Read().Status.Should().Be(413);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task An_ingestion_path_answers_other_methods_with_those_it_accepts(string method)
    {
        using var response = await running.Process.Http.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), "/v1/batch")
        );

        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.Should().BeEquivalentTo("POST", "PUT", "PATCH");
        var body = await response.Content.ReadAsStringAsync();
        body.Contains("\"detail\":\"This path accepts only PATCH, POST, PUT.\"", StringComparison.Ordinal)
            .Should()
            .Be(method != "HEAD");
    }

    [Fact]
    public async Task The_response_to_a_misspelled_path_says_where_the_paths_are_listed()
    {
        using var response = await running.Process.Http.GetAsync("/segment/v1/tracks");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync())
            .Should()
            .Contain("\"detail\":\"Nothing is served at this path. The operator's /swagger lists the paths.\"");
    }

    [Fact]
    public async Task One_connection_carries_several_requests_even_after_a_refusal()
    {
        using var connection = await RawConnection.OpenAsync(running.Process.Address);
        byte[][] requests =
        [
            SegmentOrders.Request("first"),
            Encoding.ASCII.GetBytes("POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"),
            SegmentOrders.Request("second"),
        ];
        var statuses = new List<int>();
        foreach (var request in requests)
        {
            await connection.SendAsync(request);
            statuses.Add(connection.Read().Status);
        }

        statuses.Should().Equal(200, 401, 200);
    }

    private async Task<int> PostAsync(string path, string? key, byte[] body, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = key is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key)));
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await running.Process.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    /// <summary>32 MiB, compressed to less than the limit.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            for (var i = 0; i < 512; i++)
            {
                gzip.Write(new byte[64 * 1024]);
            }
        }

        var bomb = packed.ToArray();
        bomb.Length.Should().BeLessThan(Cap);
        return bomb;
    }

    /// <summary>One service with a low limit for all tests.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        internal ServiceProcess Process { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Process = await ServiceProcess.StartAsync(
                _folder,
                $"\"Ingestion\": {{ \"MaxBodyBytes\": {Cap} }}, {Settings.OwnSandbox}"
            );

        public async Task DisposeAsync()
        {
            await Process.DisposeAsync();
            _folder.Dispose();
        }
    }
}
