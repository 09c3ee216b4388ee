using static OfflineConversions.Server.Ingestion.Protocols.Sample;

namespace OfflineConversions.Server.Ingestion.Protocols.CommandersAct;

/// <summary>
/// What a server posts to Commanders Act. Source: Commanders Act, "Facebook Conversions API" and "HTTP Tracking".
/// </summary>
internal static class CommandersActSamples
{
    public static IReadOnlyList<Sample> Of(string last, DateTimeOffset at) =>
        last == "batch"
            ?
            [
                Sample.Of(
                    "batch",
                    "A purchase in a shop and a search",
                    $$$"""{"batch":[{{{Purchase(at, "offline")}}},{{{Search(at)}}}]}"""
                ),
            ]
            :
            [
                Sample.Of("purchase", "A purchase on a site", Purchase(at, "online")),
                Sample.Of("offline_purchase", "A purchase in a shop", Purchase(at, "offline")),
                Sample.Of("search", "A search", Search(at)),
            ];

    private static string Purchase(DateTimeOffset at, string type) =>
        $$$"""
            {"event_name":"purchase","id":"purchase_id_1234","type":"{{{type}}}",
             "user":{"email":"user@example.com","id":"user_example_id","tcId":"202205231352367212315156",
              "consistent_anonymous_id":"202205231352367212315156","consent_categories":["1","2","3","4"]},
             "value":246.9,"currency":"EUR",
             "items":[{"product":{"id":"product123"},"price":"123.45","id":"ET","item_category":"Car",
              "item_quantity":2}],
             "context":{"event_id":"{{{type}}}-{{{Milliseconds(at)}}}","event_timestamp":{{{Milliseconds(at)}}},
              "page":{"location":{"href":"https://site.com/path?s=2","hostname":"site.com","pathname":"/path",
               "search":"?s=2"},"url":"https://site.com/path?s=2"},
              "device":{"ip":"123.123.123.123",
               "user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/121.0.0.0 Safari/537.36"},
              "cookie":"_fbp=fb.1.1653472342558.832801021; some_other=cookie;"},
             "integrations":{"facebook":{"custom_data":{"category":"category1"},
              "user_data":{"fbp":"fb.1.1558571054389.1098115397"} } } }
            """;

    private static string Search(DateTimeOffset at) =>
        $$$"""
            {"event_name":"search","search_term":"t-shirts",
             "user":{"id":"12345","consistent_anonymous_id":"67892","email":"toto@domain.fr","consent_categories":["1",
              "3"]},
             "context":{"event_id":"search-{{{Milliseconds(at)}}}","event_timestamp":"{{{Milliseconds(at)}}}",
              "page":{"title":"Search page","url":"https://shop.com/search?q=t-shirts","lang":"en",
               "referrer":"https://www.google.fr","viewport":{"width":320,"height":568}},
              "device":{"user_agent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_0)","ip":"102.3.4.56","lang":"fr",
               "cookie":"_fbp=123; _fbc=456; _ga=789","timezone":"Europe/Paris"} } }
            """;
}
