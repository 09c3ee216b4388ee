using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Rules;

public sealed class ConversionsApiRulesTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Theory]
    // Required members
    [InlineData("event_name=-", 2804019, "event_name_missing", "event_name")]
    [InlineData("event_name=\"\"", 2804019, "event_name_missing", "event_name")]
    [InlineData("event_name=7", 2804019, "wrong_type", "event_name")]
    [InlineData("action_source=-", 2804019, "action_source_missing", "action_source")]
    [InlineData("action_source=\"shop\"", 2804019, "action_source_unknown", "action_source")]
    [InlineData("event_id=7", 2804019, "wrong_type", "event_id")]
    [InlineData("opt_out=\"yes\"", 2804019, "wrong_type", "opt_out")]
    [InlineData("custom_data=[1]", 2804019, "wrong_type", "custom_data")]
    // Time
    [InlineData("event_time=-", 2804019, "event_time_missing", "event_time")]
    [InlineData("event_time=\"1700000000\"", 2804019, "wrong_type", "event_time")]
    [InlineData("event_time=1700000000.5", 2804019, "wrong_type", "event_time")]
    [InlineData("event_time=1795000000000", 2804004, "event_time_in_the_future", "event_time")]
    [InlineData("event_time=now+00:01:01", 2804004, "event_time_in_the_future", "event_time")]
    [InlineData("event_time=now-62.00:00:01", 2804003, "event_time_too_old", "event_time")]
    [InlineData("event_time=now-7.00:00:01 ; action_source=\"website\"", 2804003, "event_time_too_old", "event_time")]
    // Hashes
    [InlineData("user_data=[\"#\"]", 2804019, "wrong_type", "user_data")]
    [InlineData("user_data.em=\"anna@example.com\"", 2804019, "not_hashed", "user_data.em")]
    [InlineData("user_data.em=[\"#\",\"anna@example.com\"]", 2804019, "not_hashed", "user_data.em")]
    [InlineData("user_data.em=[7]", 2804019, "wrong_type", "user_data.em")]
    [InlineData("user_data.ph=[\"4930123456\"]", 2804019, "not_hashed", "user_data.ph")]
    [InlineData("user_data.fn=\"anna\"", 2804019, "not_hashed", "user_data.fn")]
    [InlineData("user_data.ln=\"schmidt\"", 2804019, "not_hashed", "user_data.ln")]
    [InlineData("user_data.ge=\"f\"", 2804019, "not_hashed", "user_data.ge")]
    [InlineData("user_data.db=\"19970216\"", 2804019, "not_hashed", "user_data.db")]
    [InlineData("user_data.ct=\"berlin\"", 2804019, "not_hashed", "user_data.ct")]
    [InlineData("user_data.st=\"ca\"", 2804019, "not_hashed", "user_data.st")]
    [InlineData("user_data.zp=\"10115\"", 2804019, "not_hashed", "user_data.zp")]
    [InlineData("user_data.country=\"de\"", 2804019, "not_hashed", "user_data.country")]
    [InlineData("user_data.client_ip_address=\"#\"", 2804019, "must_not_be_hashed", "user_data.client_ip_address")]
    [InlineData("user_data.client_user_agent=\"#\"", 2804019, "must_not_be_hashed", "user_data.client_user_agent")]
    [InlineData("user_data.fbp=\"#\"", 2804019, "must_not_be_hashed", "user_data.fbp")]
    [InlineData("user_data.madid=\"#\"", 2804019, "must_not_be_hashed", "user_data.madid")]
    [InlineData(
        "user_data.client_ip_address=\"not an address\"",
        2804019,
        "bad_ip_address",
        "user_data.client_ip_address"
    )]
    [InlineData("user_data.client_ip_address=[\"1.2.3.4\"]", 2804019, "wrong_type", "user_data.client_ip_address")]
    [InlineData("user_data.external_id=[\"anna@example.com\"]", 2804019, "clear_email", "user_data.external_id")]
    // Enough to identify a person
    [InlineData("user_data=-", 2804050, "insufficient_customer_information", "user_data")]
    [InlineData("user_data={}", 2804050, "insufficient_customer_information", "user_data")]
    [InlineData(
        "user_data={\"em\":[\"\"],\"unknown\":\"x\"}",
        2804050,
        "insufficient_customer_information",
        "user_data"
    )]
    [InlineData(
        "user_data={\"client_user_agent\":\"curl\"}",
        2804050,
        "insufficient_customer_information",
        "user_data"
    )]
    [InlineData(
        "user_data={\"ct\":\"#\",\"country\":\"#\",\"st\":\"#\",\"zp\":\"#\",\"ge\":\"#\"}",
        2804050,
        "insufficient_customer_information",
        "user_data"
    )]
    [InlineData(
        "user_data={\"db\":\"#\",\"client_user_agent\":\"curl\"}",
        2804050,
        "insufficient_customer_information",
        "user_data"
    )]
    [InlineData("user_data={\"fn\":\"#\",\"ge\":\"#\"}", 2804050, "insufficient_customer_information", "user_data")]
    [InlineData("user_data={\"ln\":\"#\",\"ge\":\"#\"}", 2804050, "insufficient_customer_information", "user_data")]
    // Amounts
    [InlineData("custom_data=-", 2804009, "purchase_without_value", "value")]
    [InlineData("custom_data.value=-", 2804009, "purchase_without_value", "value")]
    [InlineData("custom_data.currency=-", 2804010, "purchase_without_currency", "currency")]
    [InlineData("event_name=\"Lead\" ; custom_data.currency=-", 2804023, "value_without_currency", "currency")]
    [InlineData("custom_data.value=-1", 2804019, "bad_value", "value")]
    [InlineData("custom_data.value=\"twelve\"", 2804019, "bad_value", "value")]
    [InlineData("custom_data.currency=\"EURO\"", 2804019, "bad_currency", "currency")]
    [InlineData("custom_data.currency=978", 2804019, "bad_currency", "currency")]
    // Contents
    [InlineData(
        "custom_data.contents=[{\"id\":\"a\"},{\"quantity\":1}]",
        2804008,
        "content_without_id",
        "contents[1].id"
    )]
    [InlineData("custom_data.contents=[\"sku-1\"]", 2804019, "bad_content", "contents[0]")]
    [InlineData("custom_data.contents=[{\"id\":\"a\",\"quantity\":\"two\"}]", 2804019, "bad_content", "contents[0]")]
    [InlineData("custom_data.contents={\"id\":\"a\"}", 2804019, "wrong_type", "contents")]
    [InlineData("custom_data.content_ids=\"sku-1\"", 2804019, "bad_content_ids", "content_ids")]
    // Limited Data Use
    [InlineData(
        "data_processing_options=[\"GDPR\"]",
        2804019,
        "unknown_data_processing_option",
        "data_processing_options"
    )]
    [InlineData(
        "data_processing_options=[\"LDU\"] ; data_processing_options_country=49",
        2804019,
        "unknown_data_processing_place",
        "data_processing_options_country"
    )]
    [InlineData(
        "data_processing_options=[\"LDU\"] ; data_processing_options_country=1 ; data_processing_options_state=999",
        2804019,
        "unknown_data_processing_place",
        "data_processing_options_state"
    )]
    // Business messaging and apps
    [InlineData("action_source=\"business_messaging\"", 2804063, "messaging_channel_missing", "messaging_channel")]
    [InlineData(
        "action_source=\"business_messaging\" ; messaging_channel=\"whatsapp\" ; event_name=\"Search\"",
        2804066,
        "messaging_event_name",
        "event_name"
    )]
    [InlineData("app_data={\"extinfo\":[\"a2\"]}", 2804019, "bad_extinfo", "app_data.extinfo")]
    [InlineData(
        "app_data={\"extinfo\":[\"a2\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}",
        2804043,
        "blank_os_version",
        "app_data.extinfo[4]"
    )]
    public async Task A_broken_rule_refuses_the_batch_with_Metas_subcode(
        string changes,
        int subcode,
        string rule,
        string path
    )
    {
        var response = await _sandbox.Post(Some.Purchase(), Some.Purchase(changes));

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var error = (await response.Json())["error"]!;
        error["code"]!.GetValue<int>().Should().Be(100);
        error["error_subcode"]!.GetValue<int>().Should().Be(subcode);
        error["is_transient"]!.GetValue<bool>().Should().BeFalse();
        error["error_user_title"]!.GetValue<string>().Should().NotBeEmpty();
        error["error_data"].Should().BeNull("the Conversions API does not say which event was bad");
        var request = await _sandbox.LastRequest();
        request["rule"]!.GetValue<string>().Should().Be(rule);
        request["errorPath"]!.GetValue<string>().Should().Be(path);
        request["eventIndex"]!.GetValue<int>().Should().Be(1);
        (await _sandbox.Events())["count"]!
            .GetValue<int>()
            .Should()
            .Be(0, "a batch is accepted as a whole or not at all");
    }

    [Theory]
    [InlineData("""["text"]""", "event_not_an_object")]
    [InlineData("""[[]]""", "event_not_an_object")]
    [InlineData("""[{"event_name":"\ud800","event_time":1,"action_source":"other"}]""", "event_not_unicode")]
    public async Task An_element_that_is_not_an_event_is_refused(string data, string rule)
    {
        var response = await _sandbox.Post("v26.0/123", $$"""{"data":{{data}},"access_token":"token"}""");

        (await response.Json()).Subcode().Should().Be(2804019);
        (await _sandbox.LastRequest())["rule"]!.GetValue<string>().Should().Be(rule);
    }

    [Fact]
    public async Task An_error_never_quotes_a_personal_value()
    {
        var response = await _sandbox.Post(Some.Purchase("user_data.external_id=\"anna@example.com\""));

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).Should().NotContain("anna");
        (await _sandbox.Requests()).ToJsonString().Should().NotContain("anna");
    }
}
