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

public sealed class BodyReaderTests : IAsyncLifetime
{
    private const int Cap = 20_000;
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $"\"Ingestion\": {{ \"MaxBodyBytes\": {Cap} }}, {ServiceUnderTest.FourSources}"
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("image/png")]
    [InlineData(null)]
    public async Task The_content_type_is_never_a_reason_to_refuse_a_body(string? contentType)
    {
        var content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(ServiceUnderTest.Sample(SourceName.Segment, "/v1/t"))
        );
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);

        using var answer = await _service.PostAsync("/v1/t", content, "seg-key-1");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_byte_order_mark_is_ignored()
    {
        using var answer = await _service.PostAsync(
            "/v1/t",
            "\uFEFF" + ServiceUnderTest.Sample(SourceName.Segment, "/v1/t"),
            "seg-key-1"
        );

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(
        "/segment/v1/track",
        "seg-key-1",
        "{\"success\":false,\"code\":\"malformed_json\",\"message\":\"The body is not valid JSON (line 1, byte 2).\"}"
    )]
    [InlineData("/rudderstack/v1/track", "rud-key-1", "Invalid JSON")]
    [InlineData(
        "/mparticle/v2/events",
        "mp-key:mp-secret",
        "{\"errors\":[{\"code\":\"BAD_REQUEST\",\"message\":\"The body is not valid JSON (line 1, byte 2).\"}]}"
    )]
    public async Task Malformed_JSON_is_refused_in_the_vendors_words(string path, string key, string expected)
    {
        using var answer = await _service.PostAsync(path, "{oops", key);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Headers.Server.Should().BeEmpty("callers need not learn what the server runs on");
        (await answer.Content.ReadAsStringAsync()).Should().Be(expected);
    }

    [Fact]
    public async Task Malformed_JSON_from_Commanders_Act_gets_problem_details_that_quote_none_of_it()
    {
        using var answer = await _service.PostAsync(
            "/commandersact/events",
            "{\"email\": zoe@example.com}",
            "com-key-1"
        );

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).Should().NotContain("zoe").And.NotContain("'z'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// comment\n{}")]
    public async Task Only_strict_JSON_is_accepted(string body)
    {
        using var answer = await _service.PostAsync("/rudderstack/v1/track", body, "rud-key-1");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task JSON_nested_too_deeply_is_refused()
    {
        using var answer = await _service.PostAsync(
            "/rudderstack/v1/track",
            string.Concat(new string('[', 201), new string(']', 201)),
            "rud-key-1"
        );

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Reading_a_body_that_never_ends_times_out()
    {
        using var large = new LargeBodies(TimeProvider.System);
        var reader = new BodyReader(
            new ServiceOptions { Ingestion = { BodyTimeout = TimeSpan.FromMilliseconds(50) } },
            large,
            TimeProvider.System
        );
        using var silent = new NetworkPair();
        var request = new DefaultHttpContext().Request;
        request.Body = silent.Receiving;

        using var reading = await reader.ReadAsync(request, "stores", CancellationToken.None);

        reading.Refusal!.Value.Kind.Should().Be(RefusalKind.TooSlow);
    }

    private sealed class NetworkPair : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TcpClient _sending = new();
        private readonly TcpClient _receiving;

        public NetworkPair()
        {
            _listener.Start();
            _sending.Connect((IPEndPoint)_listener.LocalEndpoint);
            _receiving = _listener.AcceptTcpClient();
        }

        public Stream Receiving => _receiving.GetStream();

        public void Dispose()
        {
            _receiving.Dispose();
            _sending.Dispose();
            _listener.Dispose();
        }
    }
}
