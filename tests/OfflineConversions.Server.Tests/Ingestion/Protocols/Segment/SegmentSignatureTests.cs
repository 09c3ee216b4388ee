using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols.Segment;

public sealed class SegmentSignatureTests : IAsyncLifetime
{
    private const string Settings = """
        "Connections": { "hooks": { "Source": "Segment", "WriteKeys": ["hook-key"], "AccessToken": "t0ken",
          "Segment": { "SharedSecret": "s3cret", "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } } }
        """;

    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync(Settings);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_signed_message_is_taken_and_a_changed_one_refused()
    {
        var body = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");

        using var right = await _service.PostAsync("/segment/v1/track", body, "hook-key", ("X-Signature", Sign(body)));
        using var changed = await _service.PostAsync(
            "/segment/v1/track",
            body.Replace("39.95", "99.95", StringComparison.Ordinal),
            "hook-key",
            ("X-Signature", Sign(body))
        );
        using var missing = await _service.PostAsync("/segment/v1/track", body, "hook-key");
        using var garbled = await _service.PostAsync(
            "/segment/v1/track",
            body,
            "hook-key",
            ("X-Signature", new string('z', 40))
        );

        right.StatusCode.Should().Be(HttpStatusCode.OK);
        new[] { changed, missing, garbled }
            .Should()
            .OnlyContain(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Of_a_batch_the_first_element_is_what_is_signed()
    {
        var message = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");

        using var right = await _service.PostAsync(
            "/segment/v1/track",
            $"[ {message}, {message} ]",
            "hook-key",
            ("X-Signature", Sign(message))
        );
        using var wrong = await _service.PostAsync(
            "/segment/v1/track",
            $"[{message}]",
            "hook-key",
            ("X-Signature", Sign($"[{message}]"))
        );

        right.StatusCode.Should().Be(HttpStatusCode.OK);
        wrong.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Forged_webhooks_use_up_no_requests_of_the_genuine_ones()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            Settings + """, "Ingestion": { "RateLimit": { "RequestsPerSecond": 1, "Burst": 2 } }"""
        );
        var body = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");
        for (var forged = 0; forged < 10; forged++)
        {
            using var refused = await service.PostAsync(
                "/segment/v1/track",
                body,
                "hook-key",
                ("X-Signature", Sign(body + forged))
            );
            refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var genuine = await service.PostAsync("/segment/v1/track", body, "hook-key", ("X-Signature", Sign(body)));
        genuine.StatusCode.Should().Be(HttpStatusCode.OK);
        HttpStatusCode last;
        for (var more = 0; ; more++)
        {
            using var answer = await service.PostAsync(
                "/segment/v1/track",
                body,
                "hook-key",
                ("X-Signature", Sign(body))
            );
            last = answer.StatusCode;
            if (last != HttpStatusCode.OK || more == 50)
            {
                break;
            }
        }

        last.Should().Be(HttpStatusCode.TooManyRequests, "genuine ones have their limit as ever");
    }

#pragma warning disable CA5350 // Segment signs with SHA-1
    private static string Sign(string text) =>
        Convert.ToHexStringLower(HMACSHA1.HashData("s3cret"u8, Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
