using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>The test of a connection, against the sandbox.</summary>
public sealed class ConnectionTestTests
{
    private const string Settings = """
        "Sandbox": { "Enabled": true }, "Admin": { "ApiKey": "the-operators-key" },
        """;

    [Theory]
    [InlineData("mp", "1")]
    [InlineData("seg", "2")]
    [InlineData("rud", "3")]
    [InlineData("com", "4")]
    public async Task A_connection_of_any_source_that_could_deliver_is_ok_and_nothing_is_recorded(
        string name,
        string dataset
    )
    {
        await using var service = await StartAsync(ServiceUnderTest.FourSources);

        var finding = await TestAsync(service, name);

        finding.GetProperty("ok").GetBoolean().Should().BeTrue();
        var only = finding.GetProperty("datasets").EnumerateArray().Should().ContainSingle().Subject;
        only.GetProperty("datasetId").GetString().Should().Be(dataset);
        only.GetProperty("ok").GetBoolean().Should().BeTrue();
        only.GetProperty("reason").ValueKind.Should().Be(JsonValueKind.Null);
        only.GetProperty("message").GetString().Should().StartWith("The token may send to this dataset.");
        (await ReceivedAsync(service)).Should().Be(0);
    }

    [Fact]
    public async Task The_offline_events_API_is_tested_in_its_own_shape()
    {
        await using var service = await StartAsync(
            """
            "Connections": { "old": { "Source": "CommandersAct", "WriteKeys": ["com-key-1"], "AccessToken": "t0ken",
                                      "DatasetId": "4", "Api": "OfflineEvents" } }
            """
        );

        (await TestAsync(service, "old")).GetProperty("ok").GetBoolean().Should().BeTrue();
        (await ReceivedAsync(service)).Should().Be(0);
    }

    [Theory]
    [InlineData("ConversionsApi")]
    [InlineData("OfflineEvents")]
    public async Task With_a_test_event_code_one_synthetic_event_follows(string api)
    {
        await using var service = await StartAsync(
            $$"""
            "Connections": { "com": { "Source": "CommandersAct", "WriteKeys": ["com-key-1"], "AccessToken": "t0ken",
                                      "DatasetId": "4", "Api": "{{api}}", "TestEventCode": "TEST123" } }
            """
        );

        var finding = await TestAsync(service, "com");

        finding.GetProperty("ok").GetBoolean().Should().BeTrue();
        finding.GetRawText().Should().Contain("Test Events");
        (await ReceivedAsync(service)).Should().Be(1);
    }

    [Theory]
    [InlineData(190, 463, null, "token_invalid", "Access token expired")]
    [InlineData(104, null, null, "bad_signature", "appsecret_proof")]
    [InlineData(10, null, null, "permission_denied", "Events Manager")]
    [InlineData(100, null, "(#100) Missing Permission", "permission_denied", "Events Manager")]
    [InlineData(100, 33, null, "unknown_dataset", "dataset id")]
    [InlineData(2635, null, "(#2635) You are calling a deprecated version", "unsupported_version", "Graph:ApiVersion")]
    [InlineData(368, null, null, "blocked_for_policy", "Talk to Meta")]
    [InlineData(17, 2446079, null, "throttled_by_meta", "request limit")]
    [InlineData(100, 2804050, null, "refused_by_meta", "Customer information insufficient")]
    public async Task What_Meta_refuses_is_named_with_its_reason_and_remedy_and_halts_nothing(
        int code,
        int? subcode,
        string? message,
        string reason,
        string words
    )
    {
        await using var service = await StartAsync(ServiceUnderTest.FourSources);
        await FaultAsync(
            service,
            new JsonObject
            {
                ["code"] = code,
                ["subcode"] = subcode,
                ["message"] = message,
            }
        );

        var finding = await TestAsync(service, "seg");

        finding.GetProperty("ok").GetBoolean().Should().BeFalse();
        var only = finding.GetProperty("datasets").EnumerateArray().Should().ContainSingle().Subject;
        only.GetProperty("reason").GetString().Should().Be(reason);
        only.GetProperty("message").GetString().Should().Contain(words).And.NotContain("t0ken");
        (await service.Http.GetStringAsync("/api/connections")).Should().NotContain("halted\",\"reason");
    }

    [Fact]
    public async Task One_bad_dataset_of_several_is_named_and_the_others_are_ok()
    {
        await using var service = await StartAsync(
            """
            "Connections": { "seg": { "Source": "Segment", "WriteKeys": ["seg-key-1"], "AccessToken": "t0ken",
              "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "21" },
                { "Event": "Product Added", "EventSetId": "22" }, { "Event": "Signed Up", "EventSetId": "21" }] } } }
            """
        );
        await FaultAsync(
            service,
            new JsonObject
            {
                ["dataset"] = "22",
                ["code"] = 100,
                ["subcode"] = 33,
            }
        );

        var finding = await TestAsync(service, "seg");

        finding.GetProperty("ok").GetBoolean().Should().BeFalse();
        finding
            .GetProperty("datasets")
            .EnumerateArray()
            .Select(one => (one.GetProperty("datasetId").GetString(), one.GetProperty("ok").GetBoolean()))
            .Should()
            .Equal(("21", true), ("22", false));
    }

    [Fact]
    public async Task A_page_of_a_proxy_and_a_dead_address_are_named()
    {
        await using (var service = await StartAsync(ServiceUnderTest.FourSources))
        {
            await FaultAsync(service, new JsonObject { ["status"] = 502, ["body"] = "<html>Bad gateway</html>" });
            (await TestAsync(service, "seg"))
                .GetRawText()
                .Should()
                .Contain("meta_unreachable")
                .And.Contain("an HTML page arrived");
        }

        await using var dead = await StartAsync(
            $$"""
            "Graph": { "BaseAddress": "http://127.0.0.1:9/" }, {{ServiceUnderTest.FourSources}}
            """
        );
        (await TestAsync(dead, "seg"))
            .GetRawText()
            .Should()
            .Contain("meta_unreachable")
            .And.Contain("the connection was refused");
    }

    [Fact]
    public async Task It_needs_the_operators_key_and_a_configured_connection()
    {
        await using var service = await StartAsync(ServiceUnderTest.FourSources);
        using (var unknown = await service.Http.PostAsync("/api/connections/none/test", null))
        {
            unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        }

        service.Http.DefaultRequestHeaders.Authorization = null;
        using var stranger = await service.Http.PostAsync("/api/connections/seg/test", null);
        stranger.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await service.Http.GetStringAsync("/metrics"))
            .Should()
            .Contain("""offlineconversions_audit_events_total{action="test",result="done"} 0""");
    }

    private static async Task<ServiceUnderTest> StartAsync(string settings)
    {
        var service = await ServiceUnderTest.StartAsync(Settings + settings);
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        return service;
    }

    private static async Task<JsonElement> TestAsync(ServiceUnderTest service, string connection)
    {
        using var response = await service.Http.PostAsync($"/api/connections/{connection}/test", null);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private static async Task FaultAsync(ServiceUnderTest service, JsonObject fault)
    {
        using var body = new StringContent(fault.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("/sandbox/faults", body);
        response.IsSuccessStatusCode.Should().BeTrue();
    }

    private static async Task<int> ReceivedAsync(ServiceUnderTest service) =>
        (await service.GetJsonAsync("/sandbox/events")).GetProperty("events").GetArrayLength();
}
