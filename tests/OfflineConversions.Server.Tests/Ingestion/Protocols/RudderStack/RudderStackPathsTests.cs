using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OfflineConversions.Server.Ingestion.Protocols.RudderStack;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols.RudderStack;

/// <summary>The paths of RudderStack's gateway for clients that cannot set a header: beacons and pixels.</summary>
public sealed class RudderStackPathsTests : IAsyncLifetime
{
    private const string Order = """
        {"batch":[{"type":"track","event":"Order Completed","messageId":"beacon-1","userId":"u-1",
          "properties":{"total":39.95,"currency":"EUR","products":[{"product_id":"sku-1","price":39.95}]},
          "context":{"traits":{"email":"zoe@example.com"}}},
         {"type":"page","messageId":"beacon-2","userId":"u-1"}],"sentAt":"2026-11-28T10:00:00.000Z"}
        """;

    private const string PixelOrder =
        "event=Order%20Completed&anonymousId=%22anon-1%22&properties.total=39.95&properties.currency=EUR"
        + "&properties.products.0.product_id=sku-1&properties.products.0.price=12.45"
        + "&properties.products.1.product_id=sku-2&context.traits.email=zoe%40example.com";

    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("/beacon/v1/batch?writeKey=rud-key-1")]
    [InlineData("/rudderstack/beacon/v1/batch?writeKey=rud-key-1")]
    [InlineData("//beacon/v1/batch?writeKey=rud-key-1")]
    [InlineData("/beacon/v1/batch/?writeKey=rud-key-1")]
    public async Task A_beacon_is_a_batch_with_its_key_in_the_query(string path)
    {
        using var body = new StringContent(Order, MediaTypeHeaderValue.Parse("text/plain;charset=UTF-8"));
        using var response = await _service.Http.PostAsync(At(path), body);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be("OK");
        _service.Outbox.Entries.Should().ContainSingle().Which.Delivery.EventName.Should().Be("Purchase");
    }

    [Theory]
    [InlineData("/beacon/v1/batch?writeKey=unknown", "invalid write key")]
    [InlineData("/beacon/v1/batch?writeKey=seg-key-1", "invalid write key")]
    [InlineData("/beacon/v1/batch", "failed to read writekey from header")]
    [InlineData("/v1/merge?writeKey=rud-key-1", "invalid write key")]
    [InlineData("/rudderstack/v1/batch?writeKey=rud-key-1", "invalid write key")]
    [InlineData("/rudderstack/pixel/v1/track?writeKey=unknown&event=x", "invalid write key", "GET")]
    [InlineData("/pixel/v1/track?writeKey=seg-key-1&event=x", "invalid write key", "GET")]
    [InlineData("/pixel/v1/page?event=x", "failed to read writekey from header", "GET")]
    public async Task A_key_that_is_unknown_or_in_the_wrong_place_is_refused_in_the_gateways_words_and_counted(
        string path,
        string text,
        string method = "POST"
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), At(path));
        using var response = await _service.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync()).Should().Be(text);
        _service.Outbox.Entries.Should().BeEmpty();
        (await _service.Http.GetStringAsync("/metrics"))
            .Split('\n')
            .Should()
            .Contain(line =>
                line.StartsWith("offlineconversions_request_duration_seconds_count{", StringComparison.Ordinal)
                && line.Contains("source=\"rudderstack\"", StringComparison.Ordinal)
                && line.Contains("status=\"401\"", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData("/pixel/v1/track")]
    [InlineData("/rudderstack/pixel/v1/track")]
    [InlineData("//pixel//v1/track")]
    public async Task A_pixel_is_an_event_in_the_query_and_gets_a_transparent_image(string path)
    {
        using var response = await _service.Http.GetAsync(At($"{path}?writeKey=rud-key-1&{PixelOrder}"));
        var image = await response.Content.ReadAsByteArrayAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("image/gif");
        response.Headers.CacheControl!.NoStore.Should().BeTrue("the next request is another event");
        image.Should().StartWith("GIF89a"u8.ToArray()).And.HaveCount(43);
        var sent = JsonNode.Parse(_service.Outbox.Entries.Should().ContainSingle().Which.Delivery.Payload.Span)!;
        sent["event_name"]!.GetValue<string>().Should().Be("Purchase");
        sent["custom_data"]!["value"]!.ToJsonString().Should().Be("39.95");
        sent["custom_data"]!["contents"]!.AsArray().Should().HaveCount(2);
        sent["user_data"]!["em"]!.AsArray().Should().ContainSingle();
    }

    [Theory]
    [InlineData("/pixel/v1/page", "name=Home", "unsupported_type")]
    [InlineData("/pixel/v1/track", "event=", "missing_event_name")]
    [InlineData("/pixel/v1/track", "", "missing_event_name")]
    [InlineData("/pixel/v1/track", "event=Order%20Completed&type=identify", "insufficient_customer_information")]
    public async Task A_pixel_that_becomes_no_conversion_gets_the_image_too_and_its_reason_is_kept(
        string path,
        string query,
        string reason
    )
    {
        using var response = await _service.Http.GetAsync(At($"{path}?writeKey=rud-key-1&{query}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, At($"{path}?writeKey=rud-key-1&{query}"));
        request.Headers.Add("Prefer", "return=representation");
        using var outcome = await _service.Http.SendAsync(request);

        response.Content.Headers.ContentType!.MediaType.Should().Be("image/gif");
        JsonNode.Parse(await outcome.Content.ReadAsStringAsync())!["events"]![0]!["reason"]!
            .GetValue<string>()
            .Should()
            .Be(reason);
    }

    [Theory]
    [InlineData("a=1", """{"channel":"web","a":"1"}""")]
    [InlineData("a.b=1&a.c=2", """{"channel":"web","a":{"b":"1","c":"2"}}""")]
    [InlineData("a.1.b=2&a.0.b=1", """{"channel":"web","a":[{"b":"1"},{"b":"2"}]}""")]
    [InlineData("a.999999999=x&a.7=y", """{"channel":"web","a":["y","x"]}""")]
    [InlineData("a.0=x&a.b=y", """{"channel":"web","a":{"0":"x","b":"y"}}""")]
    [InlineData("a=1&a.b=2", """{"channel":"web","a":{"b":"2"}}""")]
    [InlineData("a..b=1&.c=2&d.=3&=4", """{"channel":"web"}""")]
    [InlineData("a=1&a=2", """{"channel":"web","a":"1"}""")]
    [InlineData("anonymousId=\"q\"&userId=\"q\"", """{"channel":"web","anonymousId":"q","userId":"\"q\""}""")]
    [InlineData("type=identify&writeKey=k", """{"channel":"web"}""")]
    [InlineData("channel=email&sch%C3%B6n=%F0%9F%9B%92", """{"channel":"email","schön":"🛒"}""")]
    public void A_query_is_read_as_paths_into_a_message(string query, string message)
    {
        var read = RudderStackPixel.Read(Query(query));

        JsonNode
            .DeepEquals(JsonNode.Parse(read.Span), JsonNode.Parse(message))
            .Should()
            .BeTrue(JsonElement.Parse(read.Span).ToString());
    }

    [Fact]
    public void A_path_deeper_than_any_message_is_left_out()
    {
        var path = string.Join('.', Enumerable.Repeat("a", 4000));

        JsonElement
            .Parse(RudderStackPixel.Read(Query($"{path}=1&b=2")).Span)
            .ToString()
            .Should()
            .Be("""{"channel":"web","b":"2"}""");
    }

    private static QueryCollection Query(string query) =>
        new(
            Microsoft
                .AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query)
                .ToDictionary(one => one.Key, one => new StringValues([.. one.Value]))
        );

    private string At(string path) => _service.Http.BaseAddress!.ToString().TrimEnd('/') + path;
}
