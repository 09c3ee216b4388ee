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
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class GraphClientTests : IAsyncDisposable
{
    // printf token | openssl dgst -sha256 -hmac key
    private const string Proof = "646b8eac0c4ae4178299c9bd924e2bf073dfb07e024901a8c864f65b9462bf0d";

    private readonly GraphMock _graph = new();
    private readonly CapturedLog _log = new();
    private ServiceProvider? _services;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _graph.Dispose();
    }

    [Fact]
    public async Task The_request_is_the_payloads_joined_with_the_token_in_the_body_and_nowhere_else()
    {
        _graph.Always(GraphMock.Accepted(2));

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
        var request = _graph.Requests.Should().ContainSingle().Subject;
        request.Url.Should().EndWith("/v26.0/123/events");
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
    public async Task What_is_not_configured_is_not_in_the_request()
    {
        _graph.Always(GraphMock.Accepted(1));

        await Client().SendAsync(Request(["{}"]), default);

        _graph.Requests[0].Body.Should().Be("""{"data":[{}],"access_token":"token"}""");
    }

    [Fact]
    public async Task The_legacy_API_has_its_own_version_and_the_base_address_may_contain_a_path()
    {
        _graph.Always(GraphMock.Accepted(1));
        var client = Client(new GraphOptions { BaseAddress = new Uri(_graph.Address, "/sandbox/") });

        await client.SendAsync(Request(["{}"]) with { Api = MetaApi.OfflineEvents, DatasetId = "1/2?x" }, default);

        var url = new Uri(_graph.Requests[0].Url);
        url.AbsolutePath.Should().StartWith("/sandbox/v16.0/1");
        url.PathAndQuery.Should().EndWith("2%3Fx/events", "an odd dataset id is data, not part of the address");
    }

    /// <summary>
    /// The responses to the attempts of one call; how many attempts it makes; the status it ends with.
    /// </summary>
    [Theory]
    [InlineData("200", 1, 200)]
    [InlineData("500 200", 2, 200)]
    [InlineData("500 500 500 200", 4, 200)]
    [InlineData("503 503 503 200", 4, 200)]
    [InlineData("500 502 503 504 200", 4, 504)]
    [InlineData("500 400 200", 2, 400)]
    [InlineData("400 200", 1, 400)]
    [InlineData("404 200", 1, 404)]
    [InlineData("429 200", 1, 429)]
    [InlineData("503+Retry-After 200", 1, 503)]
    [InlineData("500 503+Retry-After 200", 2, 503)]
    public async Task Only_server_errors_without_a_wait_are_retried_quickly_and_byte_for_byte(
        string script,
        int attempts,
        int status
    )
    {
        _graph.InTurn([.. script.Split(' ').Select(Scripted)]);

        var response = await Client().SendAsync(Request(["""{"a":1}"""]), default);

        response.Status.Should().Be(status);
        _graph.Requests.Should().HaveCount(attempts);
        _graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task After_three_quick_retries_the_last_response_counts()
    {
        _graph.Always(GraphMock.Json(500, """{"error":{"code":2}}"""));

        var response = await Client().SendAsync(Request(["{}"]), default);

        response.Should().Match<GraphResponse>(it => it.Status == 500 && it.Error!.Code == 2);
        _graph.Requests.Should().HaveCount(1 + GraphPipelines.QuickRetries);
    }

    [Fact]
    public async Task A_broken_connection_is_retried_quickly()
    {
        // WireMock cannot hang up.
        await using var graph = await ScriptedGraph.StartAsync();
        graph.Then(Meta.Scripted.HangUp());
        var client = Client(new GraphOptions { BaseAddress = graph.Address });

        (await client.SendAsync(Request(["{}"]), default)).Received.Should().Be(1);

        graph.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_timeout_is_in_doubt_counted_and_left_to_the_schedule()
    {
        _graph.Always(GraphMock.Accepted(1).WithDelay(TimeSpan.FromSeconds(30)));
        var client = Client(
            new GraphOptions { BaseAddress = _graph.Address, Timeout = TimeSpan.FromMilliseconds(300) }
        );
        var inDoubt = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (
                instrument.Name == "offlineconversions.delivery.requests.in_doubt"
                && instrument.Meter.Scope == _services!.GetRequiredService<IMeterFactory>()
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
    public async Task While_the_circuit_of_a_connection_is_open_it_makes_no_requests_and_another_is_served()
    {
        _graph.Always(GraphMock.Status(503), "/*/bad/events").Always(GraphMock.Accepted(1), "/*/123/events");
        var client = Client();
        await OpenCircuitAsync(client);
        var requests = _graph.Requests.Count;

        var response = await client.SendAsync(Bad(), default);

        response.Transport.Should().Be(Transport.CircuitOpen);
        response.Wait.Should().BePositive();
        _graph.Requests.Should().HaveCount(requests);
        (await client.SendAsync(Request(["{}"]), default)).Received.Should().Be(1);
    }

    [Fact]
    public async Task A_forgotten_connection_leaves_no_pipeline_and_begins_with_a_closed_circuit()
    {
        _graph.Always(GraphMock.Status(503), "/*/bad/events").Always(GraphMock.Accepted(1), "/*/123/events");
        var client = Client();
        var pipelines = _services!.GetRequiredService<GraphPipelines>();
        await client.SendAsync(Request(["{}"]), default);
        await OpenCircuitAsync(client);
        pipelines.Connections.Should().BeEquivalentTo("stores", "bad");

        await client.ForgetAsync("bad");

        pipelines.Connections.Should().Equal("stores");
        (await client.SendAsync(Bad(), default)).Transport.Should().Be(Transport.Responded);
    }

    [Fact]
    public async Task Retries_and_open_circuits_are_logged_at_Debug_only_and_without_addresses_or_tokens()
    {
        _graph.Always(GraphMock.Status(503), "/*/bad/events");

        await OpenCircuitAsync(Client());

        _log.Lines.Should().Contain(line => line.Text.Contains("OnRetry", StringComparison.Ordinal));
        _log.Lines.Should().Contain(line => line.Text.Contains("OnCircuitOpened", StringComparison.Ordinal));
        _log.Lines.Should().OnlyContain(line => line.Level <= LogLevel.Debug);
        _log.Lines.Should().NotContain(line => line.Text.Contains("127.0.0.1", StringComparison.Ordinal));
        _log.Lines.Should().NotContain(line => line.Text.Contains("token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var elsewhere = new Uri(_graph.Address, "/elsewhere").ToString();
        _graph.Always(GraphMock.Status(307).WithHeader("Location", elsewhere));

        (await Client().SendAsync(Request(["{}"]), default)).Status.Should().Be(307);

        _graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task An_endless_response_is_not_read_to_its_end()
    {
        _graph.Always(GraphMock.Json(200, new string(' ', 2 * 1024 * 1024)));

        (await Client().SendAsync(Request(["{}"]), default)).Transport.Should().Be(Transport.InDoubt);
    }

    [Fact]
    public void Credentials_never_print_themselves() =>
        Request(["{}"], appSecret: "secret").ToString().Should().NotContain("token").And.NotContain("secret");

    private GraphClient Client(GraphOptions? options = null)
    {
        options ??= new GraphOptions { BaseAddress = _graph.Address };
        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddSingleton(new Jitter(new FixedRandom(0.1)))
            .AddGraph(options, _ => new GraphAddress(() => options.BaseAddress))
            .BuildServiceProvider();
        return _services.GetRequiredService<GraphClient>();
    }

    private static async Task OpenCircuitAsync(GraphClient client)
    {
        GraphResponse response;
        do
        {
            response = await client.SendAsync(Bad(), default);
        } while (response.Transport != Transport.CircuitOpen);
    }

    private static WireMock.ResponseBuilders.IResponseBuilder Scripted(string response) =>
        response == "200" ? GraphMock.Accepted(1)
        : response.Split('+') is [var status, var header]
            ? GraphMock.Status(int.Parse(status, CultureInfo.InvariantCulture)).WithHeader(header, "60")
        : GraphMock.Status(int.Parse(response, CultureInfo.InvariantCulture));

    private static GraphRequest Bad() => Request(["{}"]) with { Connection = "bad", DatasetId = "bad" };

    private static GraphRequest Request(
        string[] events,
        string? uploadTag = null,
        string? appSecret = null,
        string? testCode = null
    ) =>
        new(
            "stores",
            MetaApi.ConversionsApi,
            "123",
            events.Select(json => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(json))).ToArray(),
            uploadTag,
            new GraphCredentials("token", appSecret, testCode)
        );

    private static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
