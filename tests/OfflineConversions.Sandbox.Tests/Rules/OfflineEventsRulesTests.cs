using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Rules;

public sealed class OfflineEventsRulesTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Theory]
    [InlineData("match_keys={}", 2804050, "match_keys_missing")]
    [InlineData("match_keys={\"email\":[]}", 2804050, "match_keys_missing")]
    [InlineData("match_keys={\"shoe_size\":\"44\"}", 2804050, "match_keys_missing")]
    [InlineData("match_keys.email=[\"anna@example.com\"]", 2804019, "not_hashed")]
    [InlineData("match_keys.gen=\"f\"", 2804019, "not_hashed")]
    [InlineData("match_keys.doby=\"1997\"", 2804019, "not_hashed")]
    [InlineData("match_keys.madid=\"38400000-8cf0-11bd-b23e-10b96e40000d\"", 2804019, "not_hashed")]
    [InlineData("match_keys.email=\"#\"", 2804019, "list_expected")]
    [InlineData("match_keys.phone=\"#\"", 2804019, "list_expected")]
    [InlineData("match_keys.st=\"#\"", 2804019, "list_expected")]
    [InlineData("match_keys.zip=\"#\"", 2804019, "list_expected")]
    [InlineData("match_keys.fn=[\"#\"]", 2804019, "text_expected")]
    [InlineData("match_keys.extern_id=[\"42\"]", 2804019, "text_expected")]
    [InlineData("event_name=-", 2804019, "event_name_missing")]
    [InlineData("event_time=now-62.00:00:01", 2804003, "event_time_too_old")]
    [InlineData("event_time=now+00:05:00", 2804004, "event_time_in_the_future")]
    [InlineData("action_source=\"shop\"", 2804019, "action_source_unknown")]
    [InlineData("value=-", 2804009, "purchase_without_value")]
    [InlineData("event_name=\"purchase\" ; value=-", 2804009, "purchase_without_value")]
    [InlineData("currency=-", 2804010, "purchase_without_currency")]
    [InlineData("event_name=\"Other\" ; currency=-", 2804023, "value_without_currency")]
    [InlineData("contents=[{\"price\":1}]", 2804008, "content_without_id")]
    public async Task A_broken_rule_refuses_the_batch_and_gives_the_position_of_the_event(
        string changes,
        int code,
        string rule
    )
    {
        var response = await _sandbox.Post(
            "v16.0/123",
            new JsonArray(Some.OfflinePurchase(), Some.OfflinePurchase(changes))
        );

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var failure = await response.Json();
        failure.Subcode().Should().Be(1815356);
        failure["error"]!["error_data"]!["event_index"]!.GetValue<int>().Should().Be(1);
        failure["error"]!["error_data"]!["code"]!.GetValue<int>().Should().Be(code);
        (await _sandbox.LastRequest())["rule"]!.GetValue<string>().Should().Be(rule);
        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(0);
    }

    [Theory]
    [InlineData("match_keys={\"extern_id\":\"42\"}")]
    [InlineData("match_keys={\"madid\":\"#\"}")]
    [InlineData("event_time=now-62.00:00:00")]
    [InlineData("event_name=\"Other\" ; value=- ; currency=-")]
    [InlineData("action_source=\"physical_store\"")]
    public async Task What_the_legacy_API_accepted_is_accepted(string changes)
    {
        var response = await _sandbox.Post("v16.0/123", new JsonArray(Some.OfflinePurchase(changes)));

        (await response.Content.ReadAsStringAsync()).Should().Be("""{"id":"123","num_processed_entries":1}""");
        (await _sandbox.Events())["events"]![0]!["api"]!.GetValue<string>().Should().Be("OfflineEvents");
    }

    [Theory]
    [InlineData("v15.0", HttpStatusCode.OK)]
    [InlineData("v16.0", HttpStatusCode.OK)]
    [InlineData("v17.0", HttpStatusCode.BadRequest)]
    [InlineData("v26.0", HttpStatusCode.BadRequest)]
    public async Task Offline_events_are_accepted_up_to_v16(string version, HttpStatusCode status)
    {
        var response = await _sandbox.Post(version + "/123", new JsonArray(Some.OfflinePurchase()));

        response.StatusCode.Should().Be(status);
    }

    [Fact]
    public async Task Conversions_API_events_are_accepted_on_v16_too() =>
        (await _sandbox.Post("v16.0/123", new JsonArray(Some.Purchase()))).StatusCode.Should().Be(HttpStatusCode.OK);

    [Fact]
    public async Task A_batch_of_2000_offline_events_is_accepted_and_one_of_2001_is_refused()
    {
        var most = new JsonArray([.. Enumerable.Range(0, 2000).Select(_ => Some.OfflinePurchase())]);
        var more = most.DeepClone().AsArray();
        more.Add(Some.OfflinePurchase());

        (await _sandbox.Post("v16.0/123", more)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await (await _sandbox.Post("v16.0/123", most)).Json())["num_processed_entries"]!
            .GetValue<int>()
            .Should()
            .Be(2000);
    }
}
