using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What a marketing engineer sees who pastes an event into the preview.</summary>
public sealed class PreviewTests : IAsyncLifetime
{
    private const string Token = "EAAtokenThatNobodyMaySee";
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync(environment: "Development");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Commanders_Acts_documented_purchase_previews_to_the_documented_event()
    {
        var events = await PreviewAsync(
            $$$"""
            {"connection": {"Source":"CommandersAct","DatasetId":"4","AccessToken":"{{{Token}}}"}, "receivedAt": "2024-02-13T13:16:00Z", "body": {
              "event_name": "purchase", "id": "purchase_id_1234", "type": "online",
              "user": { "email": "user@example.com", "id": "user_example_id", "tcId": "202205231352367212315156",
                "consistent_anonymous_id": "202205231352367212315156", "consent_categories": [ "1", "2", "3", "4" ] },
              "value": 246.9, "currency": "EUR",
              "items": [ { "product": { "id": "product123" }, "price": "123.45", "id": "ET", "item_category": "Car", "item_quantity": 2 } ],
              "context": { "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f", "event_timestamp": 1707830130234,
                "page": { "location": { "href": "https://site.com/path?s=2" }, "url": "https://site.com/path?s=2" },
                "device": { "ip": "123.123.123.123", "user_agent": "Mozilla/5.0" },
                "cookie": "_fbp=fb.1.1653472342558.832801021; some_other=cookie;" },
              "integrations": { "facebook": { "custom_data": { "category": "category1" }, "user_data": { "fbp": "fb.1.1558571054389.1098115397" } } } }}
            """
        );

        Same(
            events,
            """
            [{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"4","api":"ConversionsApi","uploadTag":null,"event":{
              "event_name": "Purchase", "event_time": 1707830130, "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f",
              "action_source": "website", "event_source_url": "https://site.com/path?s=2",
              "user_data": { "em": ["b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"], "external_id": ["user_example_id"],
                "client_ip_address": "123.123.123.123", "client_user_agent": "Mozilla/5.0", "fbp": "fb.1.1558571054389.1098115397" },
              "custom_data": { "value": 246.9, "currency": "EUR", "content_type": "product",
                "contents": [ { "id": "product123", "quantity": 2, "item_price": 123.45 } ], "id": "purchase_id_1234", "category": "category1" } }}]}]
            """
        );
    }

    [Fact]
    public async Task Segments_documented_order_previews_under_a_connection_by_name() =>
        Same(
            await PreviewAsync(
                """
                {"connection":"seg","receivedAt":"2026-11-21T12:00:00Z","body":{"userId":"019mr8mf4r","messageId":"m","event":"Order Completed","properties":{"revenue":39.95,"shippingMethod":"2-day"}}}
                """
            ),
            """
            [{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"2","api":"ConversionsApi","uploadTag":"Segment","event":{
              "event_name":"Purchase","event_time":1795262400,"event_id":"m","action_source":"physical_store","user_data":{"external_id":["019mr8mf4r"]},
              "custom_data":{"value":39.95,"currency":"USD","content_type":"product","shippingMethod":"2-day"}}}]}]
            """
        );

    [Fact]
    public async Task RudderStacks_documented_product_previews_in_the_legacy_shape() =>
        Same(
            await PreviewAsync(
                """
                {"connection":{"source":"rudderstack","api":"offlineEvents","rudderStack":{"limitedDataUsage":true,"eventsToIds":[{"from":"AddToCart","to":"33"}]}},
                 "receivedAt":"2026-11-21T12:00:00Z","body":{"userId":"user@1","event":"Product Added",
                  "properties":{"products":[{"id":1,"category":"Games","brand":"Hasbro","price":18.99,"quantity":1}],"order_id":"cart1234","price":18.99,"currency":"USD","upload_tag":"Week 12 & more"},
                  "context":{"dataProcessingOptions":[["LDU"],1,1000]}}}
                """
            ),
            """
            [{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"33","api":"OfflineEvents","uploadTag":"Week 12 & more","event":{
              "match_keys":{"extern_id":"user@1"},"event_name":"AddToCart","event_time":1795262400,"action_source":"physical_store","value":18.99,"currency":"USD",
              "content_type":"product","contents":[{"id":"1","quantity":1,"price":18.99,"brand":"Hasbro","category":"Games"}],"order_id":"cart1234",
              "data_processing_options":["LDU"],"data_processing_options_country":1,"data_processing_options_state":1000}}]}]
            """
        );

    [Fact]
    public async Task A_mParticle_batch_previews_each_of_its_events_in_order()
    {
        var events = await PreviewAsync(
            """
            {"connection":"mp","receivedAt":"2026-11-21T12:00:00Z","body":{"user_identities":{"email":"jane@example.com"},"events":[
              {"event_type":"commerce_event","data":{"event_id":1,"currency_code":"EUR","product_action":{"action":"purchase","total_amount":21.49}}},
              {"event_type":"screen_view","data":{}},
              {"event_type":"commerce_event","data":{"timestamp_unixtime_ms":1600000000000,"product_action":{"action":"add_to_cart"}}}]}}
            """
        );

        events
            .EnumerateArray()
            .Select(one =>
                (
                    one.GetProperty("outcome").GetString(),
                    one.GetProperty("reason").GetString(),
                    one.GetProperty("deliveries").GetArrayLength()
                )
            )
            .Should()
            .Equal(("accepted", null, 1), ("ignored", "not_forwarded", 0), ("rejected", "too_old", 0));
    }

    [Fact]
    public async Task Every_part_of_the_answer_stands_under_its_documented_name_and_no_other()
    {
        var answer = await AnswerAsync(
            """{"connection":"com","body":{"event_name":"search","user":{"id":"u","gender":"x"}}}"""
        );

        answer.EnumerateObject().Select(member => member.Name).Should().Equal("events");
        var one = answer.GetProperty("events")[0];
        one.EnumerateObject()
            .Select(member => member.Name)
            .Should()
            .Equal("outcome", "reason", "warnings", "deliveries");
        one.GetProperty("warnings")[0].GetString().Should().Be("invalid_gender");
        one.GetProperty("deliveries")[0]
            .EnumerateObject()
            .Select(member => member.Name)
            .Should()
            .Equal("datasetId", "api", "uploadTag", "event");
    }

    [Fact]
    public async Task Without_receivedAt_the_event_is_received_now() =>
        (await PreviewAsync("""{"connection":"com","body":{"event_name":"search","user":{"id":"u"}}}"""))[0]
            .GetProperty("deliveries")[0]
            .GetProperty("event")
            .GetProperty("event_time")
            .GetInt64()
            .Should()
            .BeInRange(1_750_000_000, DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    [Fact]
    public async Task The_same_event_previews_the_same_twice_and_nothing_is_stored()
    {
        const string Request =
            """{"connection":"com","receivedAt":"2026-11-21T12:00:00Z","body":{"event_name":"search","user":{"id":"u"}}}""";
        var first = await AnswerAsync(Request);
        (await AnswerAsync(Request)).GetRawText().Should().Be(first.GetRawText());

        _service.Outbox.Entries.Should().BeEmpty();
        (await _service.GetJsonAsync("/api/outcomes")).GetRawText().Should().NotContain("accepted");
    }

    [Theory]
    [InlineData("""{"connection":"nobody","body":{}}""", "connection")]
    [InlineData("""{"body":{}}""", "connection")]
    [InlineData("""{"connection":7,"body":{}}""", "connection")]
    [InlineData("""{"connection":"com"}""", "body")]
    [InlineData("""{"connection":"com","body":7}""", "body")]
    [InlineData("""{"connection":"com","body":{},"receivedAt":"yesterday"}""", "receivedAt")]
    [InlineData("""{"connection":"com","body":{},"recievedAt":"2026-11-21T12:00:00Z"}""", "recievedAt")]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"EAAtokenThatNobodyMaySee","Colour":"red"},"body":{}}""",
        "connection:Colour"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","AccessToken":"EAAtokenThatNobodyMaySee"},"body":{}}""",
        "connection:DatasetId"
    )]
    [InlineData(
        """{"connection":{"Source":"Telegraph","AccessToken":"EAAtokenThatNobodyMaySee"},"body":{}}""",
        "connection:Source"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":{"EAAtokenThatNobodyMaySee":1}},"body":{}}""",
        "connection:AccessToken"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":["EAAtokenThatNobodyMaySee"]},"body":{}}""",
        "connection:AccessToken"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"EAAtokenThatNobodyMaySee","accesstoken":"EAAtokenThatNobodyMaySee"},"body":{}}""",
        "connection"
    )]
    [InlineData(
        """{"connection":{"Source":"MParticle","DatasetId":"4","AccessToken":"EAAtokenThatNobodyMaySee","MParticle":{"EmailType":"Telex"}},"body":{}}""",
        "connection:MParticle:EmailType"
    )]
    [InlineData(
        """{"connection":{"Source":"MParticle","DatasetId":"4","AccessToken":"EAAtokenThatNobodyMaySee","MParticle":{"SendCcpaLimitedDataUse":"Sometimes"}},"body":{}}""",
        "connection:MParticle:SendCcpaLimitedDataUse"
    )]
    [InlineData(
        """{"connection":{"Source":"Segment","AccessToken":"EAAtokenThatNobodyMaySee","Segment":{"Events":[{"Event":"x"}]}},"body":{}}""",
        "connection:Segment:Events:0:EventSetId"
    )]
    [InlineData(
        """{"connection":{"Source":"RudderStack","AccessToken":"EAAtokenThatNobodyMaySee","RudderStack":{"EventsToIds":[{"To":"1"}]}},"body":{}}""",
        "connection:RudderStack:EventsToIds:0:From"
    )]
    [InlineData(
        """{"connection":{"Source":"RudderStack","AccessToken":"EAAtokenThatNobodyMaySee","RudderStack":{"EnableHashing":"maybe"}},"body":{}}""",
        "connection:RudderStack:EnableHashing"
    )]
    [InlineData("""{"connection":"\ud800","body":{}}""", "connection")]
    [InlineData("""{"connection":{"Source":"CommandersAct","DatasetId":"\ud800"},"body":{}}""", "connection")]
    [InlineData("""{"connection":"com","body":{},"receivedAt":"\ud800"}""", "receivedAt")]
    [InlineData("""{"connection":"com","body":{},"\ud800":1}""", "request")]
    [InlineData("[]", "request")]
    [InlineData("{", "request")]
    public async Task What_is_wrong_is_named_by_its_key_and_no_token_is_repeated(string request, string key)
    {
        using var answer = await _service.Http.PostAsync("/api/preview", new StringContent(request));
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, text);
        text.Should().NotContain(Token);
        JsonElement
            .Parse(text)
            .GetProperty("errors")
            .EnumerateObject()
            .Select(error => error.Name)
            .Should()
            .Contain(key);
    }

    [Fact]
    public async Task A_token_appears_in_no_answer()
    {
        var body =
            $$$$"""{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"{{{{Token}}}}","AppSecret":"{{{{Token}}}}"},"body":{"event_name":"search","user":{"id":"u"}}}""";
        (await AnswerAsync(body)).GetRawText().Should().NotContain(Token).And.Contain("accepted");
        (await AnswerAsync("""{"connection":"com","body":{"event_name":"search","user":{"id":"u"}}}"""))
            .GetRawText()
            .Should()
            .NotContain("t0ken");
    }

    [Fact]
    public async Task Odd_events_are_shown_with_their_outcome_and_never_fail_the_preview()
    {
        foreach (
            var body in (string[])
                [
                    "{}",
                    """{"\ud800":1}""",
                    "[null,7]",
                    """{"batch":[{}]}""",
                    """{"event_name":"\ud800","user":{"id":"u"}}""",
                    """{"event_name":"x","user":{"id":"\ud800","email":"\u0000"}}""",
                ]
        )
        {
            var answer = await AnswerAsync($$"""{"connection":"com","body":{{body}}}""");
            answer
                .GetProperty("events")
                .EnumerateArray()
                .Select(one => one.GetProperty("outcome").GetString())
                .Should()
                .OnlyContain(outcome => outcome == "rejected", body);
        }
    }

    [Theory]
    [InlineData("""{"batch":[0?]}""", ",0", 10_000, "more than 10000 events")]
    [InlineData("""{"a":[0?]}""", ",0", 700_000, "names, values and brackets")]
    public async Task What_would_be_refused_for_its_size_is_refused_here(
        string body,
        string repeated,
        int times,
        string why
    )
    {
        var request =
            $$"""{"connection":"seg","body":{{body.Replace("?", string.Concat(Enumerable.Repeat(repeated, times)), StringComparison.Ordinal)}}}""";

        using var answer = await _service.Http.PostAsync("/api/preview", new StringContent(request));

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(why);
    }

    private async Task<JsonElement> PreviewAsync(string request) => (await AnswerAsync(request)).GetProperty("events");

    private async Task<JsonElement> AnswerAsync(string request)
    {
        using var answer = await _service.Http.PostAsync("/api/preview", new StringContent(request));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private static void Same(JsonElement actual, string expected) =>
        JsonNode
            .DeepEquals(JsonNode.Parse(actual.GetRawText()), JsonNode.Parse(expected))
            .Should()
            .BeTrue("it should be\n{0}\nand is\n{1}", expected, actual.GetRawText());
}
