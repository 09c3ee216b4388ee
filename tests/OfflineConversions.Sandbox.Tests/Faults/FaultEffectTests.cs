using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Faults;

/// <summary>What a fault does to the response.</summary>
public sealed class FaultEffectTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task A_connection_dropped_before_loses_the_request()
    {
        await Add("""{"times":1,"drop":"before"}""");

        await Posting().Should().ThrowAsync<HttpRequestException>();

        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(0);
        var seen = await _sandbox.LastRequest();
        seen.AsObject().Should().NotContainKey("status");
        seen["stored"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task A_connection_dropped_after_loses_only_the_response()
    {
        await Add("""{"times":1,"drop":"after"}""");

        await Posting().Should().ThrowAsync<HttpRequestException>();

        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(1);
        (await _sandbox.LastRequest())["stored"]!.GetValue<int>().Should().Be(1);
        await _sandbox.Post(Some.Purchase());
        (await _sandbox.Events())["duplicates"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task A_delayed_response_is_otherwise_unchanged()
    {
        await Add("""{"times":1,"latency":"00:00:00.05"}""");
        var posting = _sandbox.Post(Some.Purchase());
        while (!posting.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
            _sandbox.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        var response = await posting;

        (await response.Json())["events_received"]!.GetValue<int>().Should().Be(1);
        (await _sandbox.LastRequest())["duration"]!.GetValue<string>().Should().NotStartWith("00:00:00.00");
    }

    [Fact]
    public async Task A_caller_that_times_out_is_in_doubt_because_the_events_were_accepted()
    {
        await Add("""{"times":1,"latency":"00:05:00"}""");
        using var patience = new CancellationTokenSource();
        var posting = _sandbox.Http.PostAsync(
            new Uri("v26.0/123/events", UriKind.Relative),
            new StringContent(
                new JsonObject { ["data"] = new JsonArray(Some.Purchase()), ["access_token"] = "token" }.ToJsonString()
            ),
            patience.Token
        );

        while (!posting.IsCompleted && (await _sandbox.Events())["count"]!.GetValue<int>() == 0)
        {
            await Task.Yield();
        }

        await patience.CancelAsync();
        await ((Func<Task>)(() => posting)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_literal_body_simulates_a_proxy()
    {
        await Add("""{"times":1,"status":502,"body":"<html>Bad Gateway</html>"}""");

        var response = await _sandbox.Post(Some.Purchase());

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        (await response.Content.ReadAsStringAsync()).Should().Be("<html>Bad Gateway</html>");
        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task A_success_may_report_fewer_events_than_were_sent()
    {
        await Add("""{"times":1,"eventsReceived":1}""");

        var response = await _sandbox.Post(Some.Purchase(), Some.Purchase());

        (await response.Json())["events_received"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task An_error_may_come_with_status_200()
    {
        await Add("""{"times":1,"status":200,"code":2}""");

        var response = await _sandbox.Post(Some.Purchase());

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Json())["error"]!["code"]!.GetValue<int>().Should().Be(2);
        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(0);
    }

    [Theory]
    [InlineData("""{"status":500}""", 500, 2)]
    [InlineData("""{"status":429}""", 429, 4)]
    [InlineData("""{"status":403}""", 403, 200)]
    [InlineData("""{"status":401}""", 401, 190)]
    [InlineData("""{"status":400}""", 400, 100)]
    [InlineData("""{"code":190}""", 401, 190)]
    [InlineData("""{"code":2}""", 500, 2)]
    [InlineData("""{"code":4}""", 400, 4)]
    public async Task Status_and_code_complete_each_other(string fault, int status, int code)
    {
        await Add(fault);

        var response = await _sandbox.Post(Some.Purchase());

        ((int)response.StatusCode).Should().Be(status);
        (await response.Json())["error"]!["code"]!.GetValue<int>().Should().Be(code);
    }

    private Func<Task> Posting() => () => _sandbox.Post(Some.Purchase());

    private async Task Add(string fault) =>
        (await _sandbox.AddFault(fault)).StatusCode.Should().Be(HttpStatusCode.Created);
}
