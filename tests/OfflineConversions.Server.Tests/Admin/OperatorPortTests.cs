using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Fuzzing.Processes;
using OfflineConversions.Server.Tests.Ingestion;
using static OfflineConversions.Server.Tests.Admin.OperatorRequests;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The operator's side on a separate port.</summary>
public sealed class OperatorPortTests
{
    [Fact]
    public async Task With_a_port_of_its_own_the_operators_side_is_served_there_and_nowhere_else()
    {
        var port = FreePort.Find();
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key", "Port": {{port}}, "Host": "127.0.0.1" },
            {{ServiceUnderTest.FourSources}}
            """
        );
        var operators = new Uri($"http://127.0.0.1:{port}");
        service.Http.BaseAddress!.Port.Should().NotBe(port);

        foreach (
            var path in new[]
            {
                "/console",
                "/api/ledger",
                "/metrics",
                "/swagger/index.html",
                "/openapi/v1.json",
                "/API/ledger",
            }
        )
        {
            (
                await GetAsync(
                    service,
                    path,
                    ("Authorization", "Bearer the-operators-key"),
                    ("Host", $"127.0.0.1:{port}")
                )
            )
                .StatusCode.Should()
                .Be(HttpStatusCode.NotFound, path);
            (
                await GetAsync(
                    service,
                    new Uri(operators, path).ToString(),
                    ("Authorization", "Bearer the-operators-key")
                )
            )
                .StatusCode.Should()
                .Be(HttpStatusCode.OK, path);
        }

        foreach (var path in new[] { "/", "/healthz", "/readyz" })
        {
            (await GetAsync(service, path)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await GetAsync(service, new Uri(operators, path).ToString())).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        (await service.Http.GetStringAsync("/")).Should().NotContain("swagger");
        (await service.Http.GetStringAsync(operators)).Should().Contain("swagger");
        (await service.PostAsync("/v1/track", ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"), "seg-key-1"))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);
        (await service.PostAsync(new Uri(operators, "/v1/track").ToString(), "{}", "seg-key-1"))
            .StatusCode.Should()
            .Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task With_an_operators_port_the_sandbox_shows_what_it_received_there_only()
    {
        var port = FreePort.Find();
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key", "Port": {{port}}, "Host": "127.0.0.1" },
            "Sandbox": { "Enabled": true }, "Delivery": { "FlushInterval": "00:00:00.05" },
            {{ServiceUnderTest.FourSources}}
            """,
            onDisk: true
        );
        var operators = new Uri($"http://127.0.0.1:{port}");
        (await service.PostAsync("/v1/track", ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"), "seg-key-1"))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);

        await Wait.UntilAsync(async () =>
            (await service.GetJsonAsync(new Uri(operators, "/sandbox/events").ToString()))
                .GetProperty("count")
                .GetInt32() == 1
        );
        foreach (
            var path in new[]
            {
                "/sandbox/events",
                "/sandbox/requests",
                "/sandbox/faults",
                "/SANDBOX/events",
                "/sandbox",
            }
        )
        {
            (await GetAsync(service, path)).StatusCode.Should().Be(HttpStatusCode.NotFound, path);
        }

        (await service.PostAsync(new Uri(operators, "/v27.0/1/events").ToString(), "{}", key: null))
            .StatusCode.Should()
            .Be(HttpStatusCode.NotFound, "Graph's route is for the service itself");
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public async Task A_port_of_its_own_on_this_machine_only_is_that_however_the_address_is_written(string host)
    {
        var port = FreePort.Find();
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key", "Port": {{port}}, "Host": "{{host}}" },
            {{ServiceUnderTest.FourSources}}
            """
        );

        (await GetAsync(service, $"http://[::1]:{port}/healthz")).StatusCode.Should().Be(HttpStatusCode.OK);
        await FluentActions
            .Awaiting(() => GetAsync(service, $"http://127.0.0.1:{port}/healthz"))
            .Should()
            .ThrowAsync<HttpRequestException>();
    }
}
