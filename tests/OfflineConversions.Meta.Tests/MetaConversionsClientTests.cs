using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta.Tests;

/// <summary>The client of the package against prepared responses.</summary>
public sealed class MetaConversionsClientTests : IAsyncDisposable
{
    private readonly GraphMock _graph = new();
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
    public async Task A_batch_is_one_request_with_the_token_in_its_body_and_not_in_its_URL()
    {
        _graph.Always(GraphMock.Accepted(3));

        var report = await Client(meta => meta.TestEventCode = "TEST1").SendAsync(Some.Batch(3));

        report.Delivered.Should().HaveCount(3);
        report.Should().Match<SendReport>(it => it.Refused.Count == 0 && it.Waiting.Count == 0 && it.Cause == null);
        var request = _graph.Requests.Should().ContainSingle().Subject;
        request.Url.Should().EndWith($"/v27.0/{Some.Dataset}/events").And.NotContain(Some.Token);
        using var body = JsonDocument.Parse(request.Body!);
        body.RootElement.GetProperty("data").GetArrayLength().Should().Be(3);
        body.RootElement.GetProperty("access_token").GetString().Should().Be(Some.Token);
        body.RootElement.GetProperty("test_event_code").GetString().Should().Be("TEST1");
    }

    [Fact]
    public async Task Server_errors_are_retried_quickly_with_the_same_bytes()
    {
        _graph.InTurn(GraphMock.Status(500), GraphMock.Status(503), GraphMock.Accepted(2));

        (await Client().SendAsync(Some.Batch(2))).Delivered.Should().HaveCount(2);

        _graph.Requests.Should().HaveCount(3);
        _graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task While_Meta_is_down_everything_waits_and_the_circuit_opens()
    {
        _graph.Always(GraphMock.Status(503));
        var client = Client();

        SendReport report;
        do
        {
            report = await client.SendAsync(Some.Batch(2));
            report.Waiting.Should().HaveCount(2);
            report.Cause.Should().BeOfType<NextStep.Retry>();
        } while (report.Response!.Transport != Transport.CircuitOpen);

        report.Reason.Should().Be(DeliveryReason.Unreachable);
        report.RetryAfter.Should().BePositive();
    }

    [Fact]
    public async Task A_wrong_token_stops_the_batch_and_refuses_none_of_it()
    {
        _graph.Always(GraphMock.Json(401, """{"error":{"code":190,"error_subcode":463,"fbtrace_id":"T1"}}"""));

        var report = await Client().SendAsync(Some.Batch(4));

        report.Reason.Should().Be(DeliveryReason.TokenInvalid);
        report.Response!.Error!.Title.Should().Be("Access token expired");
        report.Waiting.Should().HaveCount(4);
        _graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Twenty_events_refused_in_the_same_way_in_a_row_stop_the_batch()
    {
        _graph.Always(GraphMock.Json(400, """{"error":{"code":100,"error_subcode":2804019,"fbtrace_id":"T1"}}"""));

        var report = await Client().SendAsync(Some.Batch(100));

        report.Refused.Should().HaveCount(MetaConversionsClient.MostRefusedInARow);
        report.Waiting.Should().HaveCount(80);
        report.Reason.Should().Be(DeliveryReason.TooManyRefused);
    }

    [Fact]
    public async Task Each_named_account_has_its_own_token()
    {
        _graph.Always(GraphMock.Accepted(1));
        _services = new ServiceCollection()
            .AddMetaConversions("north", meta => (meta.BaseAddress, meta.AccessToken) = (_graph.Address, "north-token"))
            .AddMetaConversions("south", meta => (meta.BaseAddress, meta.AccessToken) = (_graph.Address, "south-token"))
            .BuildServiceProvider();

        await _services.GetRequiredKeyedService<MetaConversionsClient>("south").SendAsync(Some.Batch(1));

        _graph.Requests.Should().ContainSingle().Which.Body.Should().Contain("south-token");
    }

    private MetaConversionsClient Client(Action<MetaConversionsOptions>? configure = null)
    {
        _services = Some.Services(_graph.Address, configure);
        return _services.GetRequiredService<MetaConversionsClient>();
    }
}
