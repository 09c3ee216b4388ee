using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class GraphClientTests : GraphClientUnderTest
{
    // printf token | openssl dgst -sha256 -hmac key
    private const string Proof = "646b8eac0c4ae4178299c9bd924e2bf073dfb07e024901a8c864f65b9462bf0d";

    [Fact]
    public async Task The_request_is_the_payloads_joined_with_the_token_in_the_body_and_nowhere_else()
    {
        Graph.Always(GraphMock.Accepted(2));

        var response = await Client()
            .SendAsync(
                Request(["""{"a": 1}""", """{"b":"ü"}"""], uploadTag: "Seg\"ment", appSecret: "key", testCode: "TEST1"),
                default
            );

        response
            .Should()
            .Be(
                new GraphResponse
                {
                    Status = 200,
                    Received = 2,
                    TraceId = "T1",
                }
            );
        var request = Graph.Requests.Should().ContainSingle().Subject;
        request.Url.Should().EndWith("/v27.0/123/events");
        request.Headers!["Content-Type"].Should().Equal("application/json");
        request
            .Headers["Content-Length"]
            .Should()
            .Equal(Encoding.UTF8.GetByteCount(request.Body!).ToString(CultureInfo.InvariantCulture));
        request.Headers.SelectMany(header => header.Value).Should().NotContainMatch("*token*");
        request.Body.Should().StartWith("""{"data":[{"a": 1},{"b":"ü"}],"upload_tag":""");
        using var body = JsonDocument.Parse(request.Body!);
        body.RootElement.GetProperty("upload_tag").GetString().Should().Be("Seg\"ment");
        body.RootElement.GetProperty("test_event_code").GetString().Should().Be("TEST1");
        body.RootElement.GetProperty("access_token").GetString().Should().Be("token");
        body.RootElement.GetProperty("appsecret_proof").GetString().Should().Be(Proof);
    }

    [Fact]
    public async Task The_partner_agent_is_a_member_of_the_request()
    {
        Graph.Always(GraphMock.Accepted(1));
        var credentials = new GraphCredentials("token", appSecret: null, testEventCode: null, "Acme_1.2");

        await Client().SendAsync(Request(["{}"]) with { Credentials = credentials }, default);

        Graph.Requests[0].Body.Should().Be("""{"data":[{}],"partner_agent":"Acme_1.2","access_token":"token"}""");
    }

    [Fact]
    public async Task What_is_not_configured_is_not_in_the_request()
    {
        Graph.Always(GraphMock.Accepted(1));

        await Client().SendAsync(Request(["{}"]), default);

        Graph.Requests[0].Body.Should().Be("""{"data":[{}],"access_token":"token"}""");
    }

    [Fact]
    public async Task The_legacy_API_has_its_own_version_and_the_base_address_may_contain_a_path()
    {
        Graph.Always(GraphMock.Accepted(1));
        var client = Client(new GraphOptions { BaseAddress = new Uri(Graph.Address, "/sandbox/") });

        await client.SendAsync(Request(["{}"]) with { Api = MetaApi.OfflineEvents, DatasetId = "1/2?x" }, default);

        var url = new Uri(Graph.Requests[0].Url);
        url.AbsolutePath.Should().StartWith("/sandbox/v16.0/1");
        url.PathAndQuery.Should().EndWith("2%3Fx/events", "an odd dataset id is data, not part of the address");
    }

    [Fact]
    public async Task A_timeout_is_in_doubt_counted_and_left_to_the_schedule()
    {
        Graph.Always(GraphMock.Accepted(1).WithDelay(TimeSpan.FromSeconds(30)));
        var client = Client(new GraphOptions { BaseAddress = Graph.Address, Timeout = TimeSpan.FromMilliseconds(300) });
        var inDoubt = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (
                instrument.Name == "offlineconversions.delivery.requests.in_doubt"
                && instrument.Meter.Scope == Services!.GetRequiredService<IMeterFactory>()
            )
            {
                it.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref inDoubt, value));
        listener.Start();

        var response = await client.SendAsync(Request(["{}"]), default);

        response.Transport.Should().Be(Transport.InDoubt);
        inDoubt.Should().Be(1, "there was one attempt");
    }

    [Fact]
    public async Task A_closed_port_means_that_nothing_was_sent()
    {
        var client = Client(new GraphOptions { BaseAddress = ClosedPort() });

        (await client.SendAsync(Request(["{}"]), default)).Transport.Should().Be(Transport.NeverSent);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var elsewhere = new Uri(Graph.Address, "/elsewhere").ToString();
        Graph.Always(GraphMock.Status(307).WithHeader("Location", elsewhere));

        (await Client().SendAsync(Request(["{}"]), default)).Status.Should().Be(307);

        Graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task An_endless_response_is_not_read_to_its_end()
    {
        Graph.Always(GraphMock.Json(200, new string(' ', 2 * 1024 * 1024)));

        (await Client().SendAsync(Request(["{}"]), default)).Transport.Should().Be(Transport.InDoubt);
    }

    [Fact]
    public void Credentials_never_print_themselves() =>
        Request(["{}"], appSecret: "secret").ToString().Should().NotContain("token").And.NotContain("secret");

    private static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
