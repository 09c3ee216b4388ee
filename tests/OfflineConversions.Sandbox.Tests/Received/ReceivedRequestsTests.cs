using System.Text;

namespace OfflineConversions.Sandbox.Tests.Received;

public sealed class ReceivedRequestsTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task A_request_is_shown_with_its_outcome()
    {
        var body =
            $$"""{"data":[{{Some.Purchase().ToJsonString()}}],"access_token":"secret-token","""
            + $$"""
                "appsecret_proof":"{{Some.Hash}}"}
                """;

        await _sandbox.Post("v26.0/123", body);

        var seen = await _sandbox.LastRequest();
        seen["method"]!.GetValue<string>().Should().Be("POST");
        seen["path"]!.GetValue<string>().Should().Be("/v26.0/123/events");
        seen["status"]!.GetValue<int>().Should().Be(200);
        seen["events"]!.GetValue<int>().Should().Be(1);
        seen["stored"]!.GetValue<int>().Should().Be(1);
        seen["bytes"]!.GetValue<int>().Should().Be(Encoding.UTF8.GetByteCount(body));
        seen["tokenIn"]!.GetValue<string>().Should().Be("body");
        seen["appSecretProof"]!.GetValue<bool>().Should().BeTrue();
        seen.AsObject().Should().NotContainKeys("errorCode", "fault", "rule");
        (await _sandbox.Requests()).ToJsonString().Should().NotContain("secret-token").And.NotContain(Some.Hash);
    }

    [Fact]
    public async Task A_refused_request_is_shown_with_its_error()
    {
        var trace = (await (await _sandbox.Post(Some.Purchase("event_name=-"))).Json())["error"]![
            "fbtrace_id"
        ]!.GetValue<string>();

        var seen = await _sandbox.LastRequest();
        seen["status"]!.GetValue<int>().Should().Be(400);
        seen["errorCode"]!.GetValue<int>().Should().Be(100);
        seen["errorSubcode"]!.GetValue<int>().Should().Be(2804019);
        seen["stored"]!.GetValue<int>().Should().Be(0);
        trace.Should().EndWith(seen["id"]!.ToString());
    }
}
