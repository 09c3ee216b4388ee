using static OfflineConversions.Server.Ingestion.Protocols.Sample;

namespace OfflineConversions.Server.Ingestion.Protocols.MParticle;

/// <summary>What mParticle's server SDK posts. Source: mParticle, "HTTP API" and "JSON Reference".</summary>
internal static class MParticleSamples
{
    public static IReadOnlyList<Sample> Of(string last, DateTimeOffset at) =>
        last == "bulkevents"
            ?
            [
                Sample.Of(
                    "bulk",
                    "Two batches: a purchase and a product added to the cart",
                    $"[{Purchase(at)},{AddToCart(at)}]"
                ),
            ]
            :
            [
                Sample.Of("purchase", "A purchase", Purchase(at)),
                Sample.Of("add_to_cart", "A product added to the cart", AddToCart(at)),
            ];

    private static string Purchase(DateTimeOffset at) =>
        Batch(
            at,
            $$$"""
            {"action":"purchase","transaction_id":"t-{{{Milliseconds(at)}}}","total_amount":21.49,"tax_amount":1.5,
             "products":[{"id":"sample-sku","name":"Example Product","price":19.99,"quantity":1}]}
            """
        );

    private static string AddToCart(DateTimeOffset at) =>
        Batch(
            at,
            """
            {"action":"add_to_cart","products":[{"id":"sample-sku","name":"Example Product","price":19.99,
             "quantity":2}]}
            """
        );

    private static string Batch(DateTimeOffset at, string action) =>
        $$$"""
            {"environment":"development",
             "user_identities":{"customer_id":"123456","email":"example@foo.com"},
             "device_info":{"ios_advertising_id":"07d2ebaa-e956-407e-a1e6-f05f871bf4e2"},
             "user_attributes":{"$FirstName":"John","$LastName":"Doe","$Gender":"M","$City":"New York","$State":"NY",
              "$Zip":"10016","$Country":"USA"},
             "events":[{"event_type":"commerce_event","data":{"timestamp_unixtime_ms":{{{Milliseconds(
                at
            )}}},"currency_code":"USD","custom_attributes":{"store":"s1"},
              "product_action":{{{action}}}}}]}
            """;
}
