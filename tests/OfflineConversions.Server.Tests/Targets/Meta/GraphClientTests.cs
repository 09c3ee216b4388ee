using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Delivery;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class GraphClientTests : IAsyncLifetime
{
    private ScriptedGraph _graph = null!;
    private ServiceProvider? _services;

    public async Task InitializeAsync() => _graph = await ScriptedGraph.StartAsync();

    public async Task DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task The_request_is_the_payloads_joined_with_the_token_in_the_body_and_nowhere_else()
    {
        var answer = await Client()
            .SendAsync(
                Request(["""{"a": 1}""", """{"b":"ü"}"""], uploadTag: "Seg\"ment", appSecret: "key", testCode: "TEST1"),
                default
            );

        answer
            .Should()
            .Be(
                new GraphAnswer
                {
                    Status = 200,
                    Received = 2,
                    TraceId = "T1",
                }
            );
        var request = _graph.Requests.Should().ContainSingle().Subject;
        request.Path.Should().Be("/v26.0/123/events");
        request.ContentType.Should().Be("application/json");
        request.ContentLength.Should().Be(Encoding.UTF8.GetByteCount(request.Body));
        request.Body.Should().StartWith("""{"data":[{"a": 1},{"b":"ü"}],"upload_tag":""");
        request["upload_tag"].Should().Be("Seg\"ment");
        request["test_event_code"].Should().Be("TEST1");
        request["access_token"].Should().Be("token");
        request["appsecret_proof"].Should().Be(Proof);
    }

    // printf token | openssl dgst -sha256 -hmac key
    private const string Proof = "646b8eac0c4ae4178299c9bd924e2bf073dfb07e024901a8c864f65b9462bf0d";

    [Fact]
    public async Task What_is_not_configured_is_not_in_the_request()
    {
        await Client().SendAsync(Request(["{}"]), default);

        _graph.Requests[0].Body.Should().Be("""{"data":[{}],"access_token":"token"}""");
    }

    [Fact]
    public async Task The_legacy_API_has_its_own_version_and_the_base_address_may_hold_a_path()
    {
        var client = Client(new GraphOptions { BaseAddress = new Uri(_graph.Address, "/sandbox/") });

        await client.SendAsync(Request(["{}"]) with { Api = MetaApi.OfflineEvents, DatasetId = "1/2?x" }, default);

        _graph
            .Requests[0]
            .Path.Should()
            .StartWith("/sandbox/v16.0/1")
            .And.EndWith("2%3Fx/events", "an odd dataset id is data and no part of the address");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_error_is_tried_again_quickly_and_byte_for_byte(int status)
    {
        _graph.Then(Scripted.Down(status), Scripted.Down(status), Scripted.Down(status));

        var answer = await Client().SendAsync(Request(["""{"a":1}"""]), default);

        answer.Received.Should().Be(1);
        _graph.Requests.Should().HaveCount(4);
        _graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task After_three_quick_retries_the_last_answer_stands()
    {
        _graph.Otherwise = _ => Scripted.Error(2, status: 500);

        var answer = await Client().SendAsync(Request(["{}"]), default);

        answer.Should().Match<GraphAnswer>(it => it.Status == 500 && it.Error!.Code == 2);
        _graph.Requests.Should().HaveCount(1 + GraphResilience.QuickRetries);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again_quickly()
    {
        _graph.Then(Scripted.HangUp());

        (await Client().SendAsync(Request(["{}"]), default)).Received.Should().Be(1);

        _graph.Requests.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(429, null)]
    [InlineData(503, "60")]
    public async Task Refusals_and_servers_that_name_a_time_are_not_hurried(int status, string? retryAfter)
    {
        _graph.Then(retryAfter is null ? Scripted.Down(status) : Scripted.Down(status).With("Retry-After", retryAfter));

        (await Client().SendAsync(Request(["{}"]), default)).Status.Should().Be(status);

        _graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_time_out_is_in_doubt_counted_and_left_to_the_schedule()
    {
        var never = new TaskCompletionSource();
        _graph.Then(Scripted.Taken(1).After(never.Task));
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

        var answer = await client.SendAsync(Request(["{}"]), default);

        answer.Transport.Should().Be(Transport.InDoubt);
        _graph.Requests.Should().ContainSingle();
        inDoubt.Should().Be(1);
        never.SetResult();
    }

    [Fact]
    public async Task A_closed_port_means_that_nothing_was_sent()
    {
        var client = Client(new GraphOptions { BaseAddress = ClosedPort() });

        (await client.SendAsync(Request(["{}"]), default)).Transport.Should().Be(Transport.NeverSent);
    }

    [Fact]
    public async Task Once_Graph_fails_and_fails_no_request_is_made_for_that_connection_while_another_is_served()
    {
        _graph.Otherwise = request =>
            request.Path.Contains("/bad/", StringComparison.Ordinal)
                ? Scripted.Down()
                : Scripted.Taken(request.Events.Count);
        var client = Client();
        GraphAnswer answer;
        do
        {
            answer = await client.SendAsync(Request(["{}"]) with { Connection = "bad", DatasetId = "bad" }, default);
        } while (answer.Transport != Transport.CircuitOpen);
        var requests = _graph.Requests.Count;

        var open = await client.SendAsync(Request(["{}"]) with { Connection = "bad", DatasetId = "bad" }, default);

        open.Transport.Should().Be(Transport.CircuitOpen);
        open.Wait.Should().BePositive();
        _graph.Requests.Should().HaveCount(requests);
        (await client.SendAsync(Request(["{}"]), default)).Received.Should().Be(1);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _graph.Then(new Scripted(307, "").With("Location", new Uri(_graph.Address, "/elsewhere").ToString()));

        (await Client().SendAsync(Request(["{}"]), default)).Status.Should().Be(307);

        _graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        _graph.Otherwise = _ => new Scripted(200, new string(' ', 2 * 1024 * 1024));

        (await Client().SendAsync(Request(["{}"]), default)).Transport.Should().Be(Transport.InDoubt);
    }

    [Fact]
    public void Credentials_never_print_themselves() =>
        Request(["{}"], appSecret: "secret").ToString().Should().NotContain("token").And.NotContain("secret");

    private GraphClient Client(GraphOptions? options = null)
    {
        var services = new ServiceCollection().AddSingleton(new Jitter(new FixedRandom(0.1)));
        _services = services
            .AddGraph(new ServiceOptions { Graph = options ?? new GraphOptions { BaseAddress = _graph.Address } })
            .BuildServiceProvider();
        return _services.GetRequiredService<GraphClient>();
    }

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
