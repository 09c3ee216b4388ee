using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Rules;

/// <summary>What Meta accepts, the sandbox accepts.</summary>
public sealed class AcceptedEventsTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Theory]
    [InlineData("event_id=\"another\"")]
    [InlineData("event_name=\"Something of our own\" ; custom_data=-")]
    [InlineData("event_time=now")]
    [InlineData("event_time=now+00:01:00")]
    [InlineData("event_time=now-62.00:00:00")]
    [InlineData("event_time=now-7.00:00:00 ; action_source=\"website\"")]
    [InlineData("user_data.em=\"#\"")]
    [InlineData("user_data.em=\"0CC175B9C0F1B6A831C399E269772661\"")]
    [InlineData("user_data.em=\"#.AQABAAAA\"")]
    [InlineData("user_data.em=\"#.AQ\"")]
    [InlineData("user_data={\"client_user_agent\":\"curl\",\"client_ip_address\":\"2001:db8::1\"}")]
    [InlineData("user_data={\"client_user_agent\":\"curl\",\"client_ip_address\":\"192.0.2.1.AQABAAAA\"}")]
    [InlineData("user_data={\"fn\":\"#\",\"ln\":\"#\"}")]
    [InlineData("user_data={\"external_id\":\"user 42\"}")]
    [InlineData("user_data={\"external_id\":[\"user 42\"]}")]
    [InlineData("user_data={\"lead_id\":123456789012345}")]
    [InlineData("user_data={\"lead_id\":\"12345678901234567\"}")]
    [InlineData("user_data={\"fbp\":\"123\"}")]
    [InlineData("user_data={\"fbc\":\"fb.1.1554763741205.Ab+C_d-E.Bg\"}")]
    [InlineData("custom_data.deep={\"list\":[\"x\",\" anna@example.com \"]}")]
    [InlineData("user_data={\"madid\":\"38400000-8cf0-11bd-b23e-10b96e40000d\"}")]
    [InlineData(
        "user_data={\"fbc\":\"fb.1.1554763741205.AbCdEfGh.AQABAAAA\",\"fbp\":\"fb.1.1558571054389.1098115397\"}"
    )]
    [InlineData("user_data.ctwa_clid=\"#\"")]
    [InlineData("user_data.client_user_agent=\"Mozill@/5.0 (X11)\"")]
    [InlineData("user_data.external_id=\"user@shop\"")]
    [InlineData("custom_data.value=0")]
    [InlineData("custom_data.value=\"142.52\"")]
    [InlineData("custom_data.currency=\"usd\"")]
    [InlineData("custom_data.note=\"ask anna@example.com\"")]
    [InlineData("custom_data.content_ids=[\"a\",\"b\"]")]
    [InlineData("data_processing_options=[]")]
    [InlineData(
        "data_processing_options=[\"LDU\"] ; data_processing_options_country=1 ; data_processing_options_state=1000"
    )]
    [InlineData("action_source=\"business_messaging\" ; messaging_channel=\"whatsapp\"")]
    public async Task What_Meta_accepts_is_accepted(string changes)
    {
        var response = await _sandbox.Post(Some.Purchase(changes));

        (await response.Content.ReadAsStringAsync())
            .Should()
            .StartWith("""{"events_received":1,"messages":[],"fbtrace_id":""");
        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(1);
    }

    [Theory]
    [InlineData("event_id=\"\"", "event_id is empty and counts as absent")]
    [InlineData("user_data.ph=[]", "user_data.ph is empty and counts as absent")]
    [InlineData("user_data.shoe_size=\"44\"", "user_data.shoe_size is not a parameter Meta documents")]
    [InlineData("shop=\"berlin\"", "shop is not a parameter Meta documents")]
    [InlineData(
        "user_data.em=\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        "user_data.em is the hash of the empty string"
    )]
    [InlineData("action_source=\"website\"", "event_source_url is documented as required for website events")]
    [InlineData(
        "custom_data.contents=[{\"id\":\"a\",\"price\":1}]",
        "contents[0].price is the legacy API's name for item_price"
    )]
    public async Task What_Meta_tolerates_is_accepted_with_a_note(string changes, string note)
    {
        await _sandbox.Post(Some.Purchase(changes));

        (await _sandbox.Events())["events"]![0]!["notes"]!
            .AsArray()
            .Select(n => n!.GetValue<string>())
            .Should()
            .Equal(note);
    }

    [Fact]
    public async Task A_batch_of_1000_events_is_accepted_and_one_of_1001_is_refused()
    {
        var thousand = new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => Some.Purchase())]);
        var more = thousand.DeepClone().AsArray();
        more.Add(Some.Purchase());

        (await _sandbox.Post("v26.0/123", more)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await (await _sandbox.Post("v26.0/123", thousand)).Json())["events_received"]!
            .GetValue<int>()
            .Should()
            .Be(1000);
        (await _sandbox.Events("?limit=0"))["received"]!.GetValue<int>().Should().Be(1000);
    }
}
