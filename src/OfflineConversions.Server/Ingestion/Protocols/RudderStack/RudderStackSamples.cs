using static OfflineConversions.Server.Ingestion.Protocols.Sample;

namespace OfflineConversions.Server.Ingestion.Protocols.RudderStack;

/// <summary>What RudderStack's libraries post. Source: RudderStack, "Facebook Offline Conversions".</summary>
internal static class RudderStackSamples
{
    public static IReadOnlyList<Sample> Of(VendorRoute route, DateTimeOffset at) =>
        route.ReadQuery is null ? Posted(route.LastSegment, at)
        : route.Call == "track"
            ?
            [
                Sample.Of(
                    "order_completed",
                    "An order",
                    $$"""
                    {"event":"Order Completed","messageId":"pixel-{{Milliseconds(at)}}","anonymousId":"anonymous-1",
                     "properties.total":"39.95","properties.currency":"USD","properties.order_id":"cart1234",
                     "properties.products.0.product_id":"sku-1","properties.products.0.price":"39.95",
                     "context.traits.email":"alex@example.com","context.page.url":"https://shop.example.com/thanks"}
                    """
                ),
            ]
        : [Sample.Of("page", "A page view, which is ignored", """{"name":"Home","anonymousId":"anonymous-1"}""")];

    private static IReadOnlyList<Sample> Posted(string last, DateTimeOffset at) =>
        last switch
        {
            "track" =>
            [
                Sample.Of("product_added", "A product added to the cart", Track(at, "Product Added", string.Empty)),
                Sample.Of("order_completed", "An order", Track(at, "Order Completed", string.Empty)),
            ],
            "batch" or "import" =>
            [
                Sample.Of(
                    "batch",
                    "An order and a product added to the cart",
                    $$$"""
                    {"batch":[{{{Track(at, "Order Completed", "\"type\":\"track\",")}}},
                    {{{Track(at, "Product Added", "\"type\":\"track\",")}}}],
                    "sentAt":"{{{Iso(at)}}}"}
                    """
                ),
            ],
            _ => [TrackingCalls.OtherCall(last, at)],
        };

    private static string Track(DateTimeOffset at, string name, string type) =>
        $$$"""
            { {{{type}}}"userId":"user@1","event":"{{{name}}}","messageId":"{{{name.Replace(
                    " ",
                    "-",
                    StringComparison.Ordinal
                ).ToLowerInvariant()}}}-{{{Milliseconds(at)}}}",
              "timestamp":"{{{Iso(at)}}}","originalTimestamp":"{{{Iso(at)}}}",
              "properties":{"products":[{"id":1,"category":"Games","brand":"Hasbro","price":18.99,"quantity":1}],
               "order_id":"cart1234","price":18.99,"currency":"USD"},
              "traits":{"email":"alex@example.com","phone":"+1-202-555-0146","gender":"male","firstName":"Alex",
               "lastName":"Keener",
               "address":{"city":"New Orleans","state":"Louisiana","postalCode":"90009","country":"USA"}},
              "context":{"dataProcessingOptions":[["LDU"],1,1000]}}
            """;
}
