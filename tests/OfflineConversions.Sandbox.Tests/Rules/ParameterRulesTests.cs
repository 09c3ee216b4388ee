using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Rules;

/// <summary>The forms and types of single parameters.</summary>
public sealed class ParameterRulesTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Theory]
    // Click ids and lead ids
    [InlineData("user_data.fbc=\"456\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.1.1554763741205\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.1.1554763741205.\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.1.1554763741205.Ab Cd\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.1.1554763741205.Ab.Cd\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.x.1554763741205.AbCd\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.fbc=\"fb.1.fb.1.1554763741205.AbCd\"", 2804001, "bad_click_id", "user_data.fbc")]
    [InlineData("user_data.lead_id=\"L1\"", 2804036, "bad_lead_id", "user_data.lead_id")]
    [InlineData("user_data.lead_id=12345678901234", 2804036, "bad_lead_id", "user_data.lead_id")]
    [InlineData("user_data.lead_id=\"123456789012345678\"", 2804036, "bad_lead_id", "user_data.lead_id")]
    [InlineData("user_data.lead_id=[123456789012345]", 2804019, "wrong_type", "user_data.lead_id")]
    // Types at event level
    [InlineData("opt_out=1", 2804019, "wrong_type", "opt_out")]
    [InlineData("referrer_url=[\"https://a.example\"]", 2804019, "wrong_type", "referrer_url")]
    [InlineData("app_data=\"a2\"", 2804019, "wrong_type", "app_data")]
    [InlineData("original_event_data=[1]", 2804019, "wrong_type", "original_event_data")]
    [InlineData("attribution_data=\"last_click\"", 2804019, "wrong_type", "attribution_data")]
    [InlineData("messaging_channel=7", 2804019, "wrong_type", "messaging_channel")]
    [InlineData("data_processing_options=\"LDU\"", 2804019, "wrong_type", "data_processing_options")]
    [InlineData("data_processing_options_state=\"1000\"", 2804019, "wrong_type", "data_processing_options_state")]
    // Types inside
    [InlineData("custom_data.content_category=[\"a\"]", 2804019, "wrong_type", "custom_data.content_category")]
    [InlineData("custom_data.search_string={\"a\":1}", 2804019, "wrong_type", "custom_data.search_string")]
    [InlineData("custom_data.num_items=[1]", 2804019, "wrong_type", "custom_data.num_items")]
    [InlineData("original_event_data={\"event_time\":\"1\"}", 2804019, "wrong_type", "original_event_data.event_time")]
    [InlineData("original_event_data={\"order_id\":7}", 2804019, "wrong_type", "original_event_data.order_id")]
    [InlineData(
        "attribution_data={\"attribution_share\":\"half\"}",
        2804019,
        "wrong_type",
        "attribution_data.attribution_share"
    )]
    [InlineData(
        "app_data={\"advertiser_tracking_enabled\":\"yes\"}",
        2804019,
        "wrong_type",
        "app_data.advertiser_tracking_enabled"
    )]
    [InlineData("app_data={\"extinfo\":\"a2\"}", 2804019, "wrong_type", "app_data.extinfo")]
    [InlineData(
        "custom_data.contents=[{\"id\":\"a\",\"name\":\"Shirt\"}]",
        2804019,
        "unexpected_content_key",
        "contents[0].name"
    )]
    public async Task A_parameter_of_the_wrong_form_or_type_refuses_the_batch(
        string changes,
        int subcode,
        string rule,
        string path
    )
    {
        var response = await _sandbox.Post(Some.Purchase(changes));

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Json()).Subcode().Should().Be(subcode);
        var request = await _sandbox.LastRequest();
        request["rule"]!.GetValue<string>().Should().Be(rule);
        request["errorPath"]!.GetValue<string>().Should().Be(path);
    }

    [Theory]
    [InlineData("opt_out=true ; referrer_url=\"https://a.example\"")]
    [InlineData("original_event_data={\"event_name\":\"Lead\",\"event_time\":1795176000,\"order_id\":\"1\"}")]
    [InlineData("attribution_data={\"attribution_model\":\"last_click\",\"attribution_share\":0.5}")]
    [InlineData("app_data={\"advertiser_tracking_enabled\":1,\"application_tracking_enabled\":false}")]
    [InlineData("custom_data.num_items=3 ; custom_data.predicted_ltv=12.5 ; custom_data.status=\"paid\"")]
    [InlineData("custom_data.contents=[{\"id\":\"a\",\"brand\":\"Acme\",\"delivery_category\":\"in_store\"}]")]
    public async Task Documented_parameters_of_the_documented_types_are_accepted(string changes) =>
        (await _sandbox.Post(Some.Purchase(changes))).StatusCode.Should().Be(HttpStatusCode.OK);
}
