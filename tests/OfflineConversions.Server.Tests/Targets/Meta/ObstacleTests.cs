using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Tests.Targets.Meta;

/// <summary>What keeps a request from Meta, on real sockets.</summary>
public sealed class ObstacleTests : GraphClientUnderTest
{
    [Fact]
    public async Task A_host_name_that_DNS_does_not_resolve() =>
        (await DescribeAsync(new Uri("https://graph.invalid"))).Should().Be("DNS does not resolve the host name");

    [Fact]
    public async Task A_port_on_which_nothing_listens() =>
        (await DescribeAsync(new Uri("http://127.0.0.1:1"))).Should().Be("the connection was refused");

    [Fact]
    public async Task A_server_without_TLS() =>
        (await DescribeAsync(new Uri($"https://127.0.0.1:{Graph.Address.Port}")))
            .Should()
            .Be("the TLS handshake failed");

    [Fact]
    public async Task A_response_that_does_not_come_in_time()
    {
        Graph.Always(GraphMock.Accepted(1).WithDelay(TimeSpan.FromSeconds(30)));

        (await DescribeAsync(Graph.Address)).Should().Be("the request timed out");
    }

    [Fact]
    public async Task A_connection_that_breaks()
    {
        await using var graph = await ScriptedGraph.StartAsync();
        graph.Otherwise = _ => Meta.Scripted.HangUp();

        (await DescribeAsync(graph.Address)).Should().Be("the connection broke");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    [InlineData(502)]
    public async Task An_HTML_page_of_a_proxy(int status)
    {
        Graph.Always(GraphMock.Json(status, "\r\n<!DOCTYPE html><title>jane@example.com</title>"));

        (await DescribeAsync(Graph.Address))
            .Should()
            .Be($"an HTML page arrived with HTTP status {status}, probably from a proxy or gateway");
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(404, """{"message":"no such route"}""")]
    public async Task A_response_that_is_not_of_Meta(int status, string body)
    {
        Graph.Always(GraphMock.Json(status, body));

        (await DescribeAsync(Graph.Address))
            .Should()
            .Be($"a response with HTTP status {status} arrived that is not Meta's");
    }

    [Fact]
    public async Task A_temporary_error_of_Meta()
    {
        Graph.Always(GraphMock.Json(500, """{"error":{"code":2,"fbtrace_id":"A"}}"""));

        (await DescribeAsync(Graph.Address)).Should().Be("Meta reported a temporary error (code 2)");
    }

    [Theory]
    [InlineData(
        400,
        """{"error":{"code":1,"error_subcode":99,"fbtrace_id":"A"}}""",
        "Meta reported an error without a known cause (code 1, subcode 99)"
    )]
    [InlineData(
        500,
        """{"error":{"code":5000,"fbtrace_id":"A"}}""",
        "Meta reported an error without a known cause (code 5000, subcode 0)"
    )]
    [InlineData(200, """{"events_received":0}""", "Meta counted 0 events, which is not the number sent")]
    [InlineData(200, """{"fbtrace_id":"A"}""", "Meta's response has no count of events")]
    public async Task A_response_of_Meta_that_explains_nothing(int status, string body, string detail)
    {
        Graph.Always(GraphMock.Json(status, body));

        (await DescribeAsync(Graph.Address)).Should().Be(detail);
    }

    [Fact]
    public async Task A_response_of_Meta_is_no_obstacle()
    {
        Graph.Always(GraphMock.Accepted(1));

        (await DescribeAsync(Graph.Address)).Should().BeNull();
    }

    [Fact]
    public async Task An_open_circuit_says_why_it_is_open()
    {
        var client = Client(Options(new Uri("http://127.0.0.1:1")));
        GraphResponse response;
        do
        {
            response = await client.SendAsync(Request(["{}"]), default);
        } while (response.Transport != Transport.CircuitOpen);

        Obstacles.Describe(response).Should().Be("the connection was refused");
    }

    private async Task<string?> DescribeAsync(Uri address) =>
        Obstacles.Describe(await Client(Options(address)).SendAsync(Request(["{}"]), default));

    private static GraphOptions Options(Uri address) =>
        new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(2) };
}
