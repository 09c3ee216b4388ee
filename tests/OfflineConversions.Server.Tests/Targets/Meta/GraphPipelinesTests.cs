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

/// <summary>Quick retries and circuit breakers.</summary>
public sealed class GraphPipelinesTests : GraphClientUnderTest
{
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
        Graph.InTurn([.. script.Split(' ').Select(Scripted)]);

        var response = await Client().SendAsync(Request(["""{"a":1}"""]), default);

        response.Status.Should().Be(status);
        Graph.Requests.Should().HaveCount(attempts);
        Graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task After_three_quick_retries_the_last_response_counts()
    {
        Graph.Always(GraphMock.Json(500, """{"error":{"code":2}}"""));

        var response = await Client().SendAsync(Request(["{}"]), default);

        response.Should().Match<GraphResponse>(it => it.Status == 500 && it.Error!.Code == 2);
        Graph.Requests.Should().HaveCount(1 + GraphPipelines.QuickRetries);
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
    public async Task While_the_circuit_of_a_connection_is_open_it_makes_no_requests_and_another_is_served()
    {
        Graph.Always(GraphMock.Status(503), "/*/bad/events").Always(GraphMock.Accepted(1), "/*/123/events");
        var client = Client();
        await OpenCircuitAsync(client);
        var requests = Graph.Requests.Count;

        var response = await client.SendAsync(Bad(), default);

        response.Transport.Should().Be(Transport.CircuitOpen);
        response.Wait.Should().BePositive();
        Graph.Requests.Should().HaveCount(requests);
        (await client.SendAsync(Request(["{}"]), default)).Received.Should().Be(1);
    }

    [Fact]
    public async Task A_forgotten_connection_leaves_no_pipeline_and_begins_with_a_closed_circuit()
    {
        Graph.Always(GraphMock.Status(503), "/*/bad/events").Always(GraphMock.Accepted(1), "/*/123/events");
        var client = Client();
        var pipelines = Services!.GetRequiredService<GraphPipelines>();
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
        Graph.Always(GraphMock.Status(503), "/*/bad/events");

        await OpenCircuitAsync(Client());

        Log.Lines.Should().Contain(line => line.Text.Contains("OnRetry", StringComparison.Ordinal));
        Log.Lines.Should().Contain(line => line.Text.Contains("OnCircuitOpened", StringComparison.Ordinal));
        Log.Lines.Should().OnlyContain(line => line.Level <= LogLevel.Debug);
        Log.Lines.Should().NotContain(line => line.Text.Contains("127.0.0.1", StringComparison.Ordinal));
        Log.Lines.Should().NotContain(line => line.Text.Contains("token", StringComparison.Ordinal));
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
}
