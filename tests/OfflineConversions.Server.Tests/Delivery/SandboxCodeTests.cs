using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>The whole service against its sandbox: what a code of Meta leads to, under 4xx and under 5xx.</summary>
public sealed class SandboxCodeTests
{
    private const string Settings = """
        "Sandbox": { "Enabled": true }, "Admin": { "ApiKey": "the-operators-key" },
        "Delivery": { "FlushInterval": "00:00:00.05", "RetryBaseDelay": "00:10:00", "ProbeBaseDelay": "00:30:00",
                      "ProbeMaxDelay": "01:00:00" },
        """;

    /// <summary>The code, its calls, and the state or the failed list that it leads to.</summary>
    [Theory]
    [InlineData(190, 463, null, 1, "halted", "token_invalid")]
    [InlineData(3, null, null, 1, "halted", "permission_denied")]
    [InlineData(10, null, null, 1, "halted", "permission_denied")]
    [InlineData(100, 33, null, 1, "halted", "unknown_dataset")]
    [InlineData(100, null, "(#100) Missing Permission", 1, "halted", "permission_denied")]
    [InlineData(2635, null, "(#2635) You are calling a deprecated version", 1, "halted", "unsupported_version")]
    [InlineData(368, null, null, 1, "halted", "blocked_for_policy")]
    [InlineData(17, 2446079, null, 1, "throttled", "throttled_by_meta")]
    [InlineData(613, null, null, 1, "throttled", "throttled_by_meta")]
    [InlineData(1, 99, null, 1, "active", null)]
    [InlineData(5000, null, null, 1, "active", null)]
    [InlineData(2, null, null, 4, "active", null)]
    [InlineData(100, 2804009, null, 1, "active", "refused_by_meta custom_data.value")]
    [InlineData(100, 2804036, null, 1, "active", "refused_by_meta user_data.lead_id")]
    public async Task A_code_leads_to_the_same_calls_state_and_reason_under_4xx_and_5xx(
        int code,
        int? subcode,
        string? message,
        int calls,
        string state,
        string? reason
    )
    {
        foreach (var status in new[] { 400, 500 })
        {
            await using var service = await ServiceUnderTest.StartAsync(
                Settings + ServiceUnderTest.FourSources,
                onDisk: true
            );
            service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                "the-operators-key"
            );
            await FaultAsync(
                service,
                new JsonObject
                {
                    ["status"] = status,
                    ["code"] = code,
                    ["subcode"] = subcode,
                    ["message"] = message,
                }
            );

            await SellAsync(service);

            await Wait.UntilAsync(async () => await CallsAsync(service) >= calls && await IsIdleAsync(service));
            (await CallsAsync(service)).Should().Be(calls, "status {0}", status);
            var connection = await ConnectionAsync(service);
            connection.GetProperty("state").GetString().Should().Be(state, "status {0}", status);
            var seen =
                reason?.Contains(' ', StringComparison.Ordinal) == true
                    ? await FailedAsync(service)
                    : connection.GetProperty("reason").GetString();
            seen.Should().Be(reason, "status {0}", status);
        }
    }

    private static async Task SellAsync(ServiceUnderTest service)
    {
        var sale = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");
        using var response = await service.PostAsync("/v1/track", sale, "seg-key-1");
        response.EnsureSuccessStatusCode();
    }

    private static async Task FaultAsync(ServiceUnderTest service, JsonObject fault)
    {
        using var content = new StringContent(fault.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("/sandbox/faults", content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<int> CallsAsync(ServiceUnderTest service) =>
        (await service.GetJsonAsync("/sandbox/requests")).GetProperty("count").GetInt32();

    private static async Task<bool> IsIdleAsync(ServiceUnderTest service) =>
        (await ConnectionAsync(service)).GetProperty("inFlight").GetInt32() == 0;

    private static async Task<JsonElement> ConnectionAsync(ServiceUnderTest service) =>
        (await service.GetJsonAsync("/api/connections"))
            .EnumerateArray()
            .Single(connection => connection.GetProperty("name").GetString() == "seg");

    private static async Task<string> FailedAsync(ServiceUnderTest service) =>
        string.Join(
            ',',
            (await service.GetJsonAsync("/api/failed"))
                .EnumerateArray()
                .Select(failed =>
                    $"{failed.GetProperty("reason").GetString()} {failed.GetProperty("field").GetString()}"
                )
        );
}
