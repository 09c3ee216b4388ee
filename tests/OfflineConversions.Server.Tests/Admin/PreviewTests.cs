using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What a marketing engineer sees after pasting an event into the preview.</summary>
public sealed class PreviewTests : PreviewRoute
{
    [Fact]
    public async Task Commanders_Acts_documented_purchase_previews_to_the_documented_event()
    {
        var events = await PreviewAsync(
            $$$"""
            {"connection": {"Source":"CommandersAct","DatasetId":"4","AccessToken":"{{{Token}}}"},
              "receivedAt": "2024-02-13T13:16:00Z", "body": {
              "event_name": "purchase", "id": "purchase_id_1234", "type": "online",
              "user": { "email": "user@example.com", "id": "user_example_id", "tcId": "202205231352367212315156",
                "consistent_anonymous_id": "202205231352367212315156", "consent_categories": [ "1", "2", "3", "4" ] },
              "value": 246.9, "currency": "EUR",
              "items": [ { "product": { "id": "product123" }, "price": "123.45", "id": "ET",
                "item_category": "Car", "item_quantity": 2 } ],
              "context": { "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f", "event_timestamp": 1707830130234,
                "page": { "location": { "href": "https://site.com/path?s=2" }, "url": "https://site.com/path?s=2" },
                "device": { "ip": "123.123.123.123", "user_agent": "Mozilla/5.0" },
                "cookie": "_fbp=fb.1.1653472342558.832801021; some_other=cookie;" },
              "integrations": { "facebook": { "custom_data": { "category": "category1" },
                "user_data": { "fbp": "fb.1.1558571054389.1098115397" } } } }}
            """
        );

        Same(
            events,
            """
            [{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"4",
              "api":"ConversionsApi","uploadTag":null,"event":{
              "event_name": "Purchase", "event_time": 1707830130,
                "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f",
              "action_source": "website", "event_source_url": "https://site.com/path?s=2",
              "user_data": { "em": ["b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"],
                "external_id": ["user_example_id"],
                "client_ip_address": "123.123.123.123", "client_user_agent": "Mozilla/5.0",
                  "fbp": "fb.1.1558571054389.1098115397" },
              "custom_data": { "value": 246.9, "currency": "EUR", "content_type": "product",
                "contents": [ { "id": "product123", "quantity": 2, "item_price": 123.45 } ],
                  "id": "purchase_id_1234", "category": "category1" } }}]}]
            """
        );
    }

    [Theory]
    [InlineData("seg", "")]
    [InlineData("seg", "\"type\":null,")]
    [InlineData("rud", "")]
    public async Task A_message_without_a_type_is_ignored_as_on_the_batch_route(string connection, string type)
    {
        var events = await PreviewAsync(
            $$$"""
            {"connection":"{{{connection}}}","body":{ {{{type}}} "userId":"u","event":"Order Completed"}}
            """
        );
        events[0].GetProperty("outcome").GetString().Should().Be("ignored");
        events[0].GetProperty("reason").GetString().Should().Be("unsupported_type");
    }

    [Fact]
    public async Task Segments_documented_order_previews_under_a_connection_by_name() =>
        Same(
            await PreviewAsync(
                """
                {"connection":"seg","receivedAt":"2026-11-21T12:00:00Z","call":"track","body":{"userId":"019mr8mf4r",
                  "messageId":"m","event":"Order Completed","properties":{"revenue":39.95,
                  "shippingMethod":"2-day"}}}
                """
            ),
            """
            [{"outcome":"accepted","reason":null,"warnings":["assumed_currency"],"deliveries":[{"datasetId":"2",
              "api":"ConversionsApi","uploadTag":"Segment","event":{
              "event_name":"Purchase","event_time":1795262400,"event_id":"m","action_source":"physical_store",
                "user_data":{"external_id":["019mr8mf4r"]},
              "custom_data":{"value":39.95,"currency":"USD","content_type":"product","shippingMethod":"2-day"}}}]}]
            """
        );

    [Fact]
    public async Task RudderStacks_documented_product_previews_in_the_legacy_shape() =>
        Same(
            await PreviewAsync(
                """
                {"connection":{"source":"rudderstack","api":"offlineEvents",
                  "rudderStack":{"limitedDataUsage":true,"eventsToIds":[{"from":"AddToCart","to":"33"}]}},
                 "receivedAt":"2026-11-21T12:00:00Z","call":"track","body":{"userId":"user@1","event":"Product Added",
                  "properties":{"products":[{"id":1,"category":"Games","brand":"Hasbro","price":18.99,
                    "quantity":1}],"order_id":"cart1234","price":18.99,"currency":"USD",
                    "upload_tag":"Week 12 & more"},
                  "context":{"dataProcessingOptions":[["LDU"],1,1000]}}}
                """
            ),
            """
            [{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"33",
              "api":"OfflineEvents","uploadTag":"Week 12 & more","event":{
              "match_keys":{"extern_id":"user@1"},"event_name":"AddToCart","event_time":1795262400,
                "action_source":"physical_store","value":18.99,"currency":"USD",
              "content_type":"product","contents":[{"id":"1","quantity":1,"price":18.99,"brand":"Hasbro",
                "category":"Games"}],"order_id":"cart1234",
              "data_processing_options":["LDU"],"data_processing_options_country":1,
                "data_processing_options_state":1000}}]}]
            """
        );

    [Fact]
    public async Task A_mParticle_batch_previews_each_of_its_events_in_order()
    {
        var events = await PreviewAsync(
            """
            {"connection":"mp","receivedAt":"2026-11-21T12:00:00Z",
              "body":{"user_identities":{"email":"jane@example.com"},"events":[
              {"event_type":"commerce_event","data":{"event_id":1,"currency_code":"EUR",
                "product_action":{"action":"purchase","total_amount":21.49}}},
              {"event_type":"screen_view","data":{}},
              {"event_type":"commerce_event","data":{"timestamp_unixtime_ms":1600000000000,
                "product_action":{"action":"add_to_cart"}}}]}}
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
            .Equal("outcome", "reason", "warnings", "deliveries", "origins", "warningOrigins");
        one.GetProperty("warnings")[0].GetString().Should().Be("invalid_gender");
        one.GetProperty("deliveries")[0]
            .EnumerateObject()
            .Select(member => member.Name)
            .Should()
            .Equal("datasetId", "api", "uploadTag", "event");
    }

    [Fact]
    public async Task Each_field_and_each_warning_has_its_origin_in_the_body()
    {
        var events = await PreviewAsync(
            """
            {"connection":"seg","call":"track","body":{"event":"Order Completed","context":{"traits":{
              "email":"jane@example.com"}},"properties":{"total":9,"revenue":39.95,"currency":"EUR","shop":"Lyon"}}}
            """
        );

        var origins = events[0].GetProperty("origins");
        origins.GetProperty("user_data.em").GetString().Should().Be("context.traits.email");
        origins.GetProperty("custom_data.value").GetString().Should().Be("properties.revenue");
        origins.GetProperty("event_name").GetString().Should().Be("event");
        origins.TryGetProperty("action_source", out _).Should().BeFalse("it is a setting");
        events[0].GetProperty("warningOrigins").EnumerateObject().Should().BeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_too_large_to_be_examined_is_previewed_without_origins()
    {
        var properties = string.Concat(Enumerable.Range(0, 3000).Select(n => $",\"property {n}\":\"some text\""));
        var events = await PreviewAsync(
            $$$"""
            {"connection":"seg","call":"track","body":{"event":"Order Completed","userId":"u",
              "properties":{"revenue":1,"currency":"EUR"{{{properties}}} } } }
            """
        );

        events[0].GetProperty("outcome").GetString().Should().Be("accepted");
        events[0].GetProperty("origins").ValueKind.Should().Be(JsonValueKind.Null);
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
        const string Request = """
            {"connection":"com","receivedAt":"2026-11-21T12:00:00Z","body":{"event_name":"search",
              "user":{"id":"u"}}}
            """;
        var first = await AnswerAsync(Request);
        (await AnswerAsync(Request)).GetRawText().Should().Be(first.GetRawText());

        Service.Outbox.Entries.Should().BeEmpty();
        (await Service.GetJsonAsync("/api/outcomes")).GetRawText().Should().NotContain("accepted");
    }

    private static void Same(JsonElement actual, string expected)
    {
        var events = JsonNode.Parse(actual.GetRawText())!.AsArray();
        foreach (var one in events)
        {
            one!.AsObject().Remove("origins");
            one.AsObject().Remove("warningOrigins");
        }

        JsonNode
            .DeepEquals(events, JsonNode.Parse(expected))
            .Should()
            .BeTrue("it should be\n{0}\nand is\n{1}", expected, actual.GetRawText());
    }
}
