using static OfflineConversions.Server.Ingestion.Protocols.Sample;

namespace OfflineConversions.Server.Ingestion.Protocols.Segment;

/// <summary>What Segment's libraries post. Source: Segment, "Facebook Offline Conversions Destination".</summary>
internal static class SegmentSamples
{
    public static IReadOnlyList<Sample> Of(VendorRoute route, DateTimeOffset at) =>
        route.Call switch
        {
            "track" =>
            [
                Sample.Of("order_completed", "An order", Order(at, string.Empty)),
                Sample.Of("product_added", "A product added to the cart", Product(at, string.Empty)),
            ],
            null =>
            [
                Sample.Of(
                    "batch",
                    "An order and a product added to the cart",
                    $$$"""
                    {"batch":[{{{Order(at, "\"type\":\"track\",")}}},{{{Product(at, "\"type\":\"track\",")}}}],
                    "sentAt":"{{{Iso(at)}}}"}
                    """
                ),
            ],
            { } call => [TrackingCalls.OtherCall(call, at)],
        };

    private static string Order(DateTimeOffset at, string type) =>
        $$$"""
            { {{{type}}}"userId":"019mr8mf4r","event":"Order Completed","messageId":"order-{{{Milliseconds(
                at
            )}}}","timestamp":"{{{Iso(at)}}}",
              "properties":{"order_id":"o-{{{Milliseconds(
                at
            )}}}","revenue":39.95,"currency":"USD","shippingMethod":"2-day",
               "products":[{"product_id":"product12356","price":39.95,"quantity":1}]},
              "context":{{{Context}}}}
            """;

    private static string Product(DateTimeOffset at, string type) =>
        $$$"""
            { {{{type}}}"userId":"hamsolo813","event":"Product Added","messageId":"product-{{{Milliseconds(
                at
            )}}}","timestamp":"{{{Iso(at)}}}",
              "properties":{"cart_id":"cart1234","product_id":"product12356","sku":"G-32","category":"Games",
               "name":"Monopoly: 3rd Edition","brand":"Hasbro",
               "variant":"200 pieces","price":18.99,"quantity":1,"coupon":"MAYDEALS","position":3},
              "context":{{{Context}}}}
            """;

    private const string Context = """
        {"traits":{"email":"hamsolo813@hamsolo813.com","phone":"+1-401-123-4567","gender":"m","name":"ham solo",
         "address":{"city":"East Greenwich","state":"RI","postalCode":"02818","country":"USA"}}}
        """;
}
