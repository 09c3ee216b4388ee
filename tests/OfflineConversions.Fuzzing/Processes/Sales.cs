using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>One event of a source. The same sale always becomes the same payload, however it is posted.</summary>
/// <param name="Id">Its event id.</param>
/// <param name="At">When it happened.</param>
/// <param name="AddsToCart">
/// A product that is put into a cart instead of a purchase: long runs make the sandbox refuse those.
/// </param>
internal sealed record Sale(string Id, DateTimeOffset At, bool AddsToCart = false)
{
    /// <summary>The name under which Meta receives sales that add to a cart.</summary>
    public const string CartEvent = "AddToCart";

    private string Milliseconds => At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private string Iso => At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private string TrackName => AddsToCart ? "Product Added" : "Order Completed";

    private string SnakeName => AddsToCart ? "add_to_cart" : "purchase";

    /// <summary>An event of mParticle, inside a batch.</summary>
    public string MParticle =>
        $$$"""
            {"event_type":"commerce_event","data":{
             "source_message_id":"{{{Id}}}","timestamp_unixtime_ms":{{{Milliseconds}}},"currency_code":"USD",
             "product_action":{"action":"{{{SnakeName}}}","transaction_id":"t-{{{Id}}}","total_amount":21.49,
              "products":[{"id":"sku-1","name":"Example","price":19.99,"quantity":1}]} } }
            """;

    /// <summary>A track call of Segment or RudderStack.</summary>
    public string Track =>
        $$$"""
            {"type":"track","event":"{{{TrackName}}}","messageId":"{{{Id}}}","userId":"u-1",
             "timestamp":"{{{Iso}}}","originalTimestamp":"{{{Iso}}}",
             "properties":{"order_id":"o-{{{Id}}}","product_id":"sku-1","quantity":1,"currency":"USD",
              "revenue":39.95,"value":39.95,"price":39.95},
             "context":{"traits":{"email":"jane.doe@example.com"} } }
            """;

    /// <summary>An event of Commanders Act.</summary>
    public string CommandersAct =>
        $$$"""
            {"event_name":"{{{SnakeName}}}","id":"o-{{{Id}}}","type":"offline","value":24.9,"currency":"EUR",
             "user":{"email":"jane.doe@example.com","id":"u-1"},
             "items":[{"id":"sku-1","quantity":1,"product":{"id":"sku-1","price":24.9} }],
             "context":{"event_id":"{{{Id}}}","event_timestamp":{{{Milliseconds}}} } }
            """;
}

/// <summary>How one of the four sources posts sales.</summary>
/// <param name="Name">The name of its connection.</param>
/// <param name="Dataset">The dataset to which they go.</param>
/// <param name="Key">Its write key.</param>
/// <param name="Settings">The members of its connection that differ from those of the others.</param>
/// <param name="Post">Path and body of a post.</param>
internal sealed record SalesSource(
    string Name,
    string Dataset,
    string Key,
    string Settings,
    Func<IReadOnlyList<Sale>, SalesBody> Post
)
{
    /// <summary>All four sources.</summary>
    public static IReadOnlyList<SalesSource> All { get; } =
    [
        new(
            "mparticle",
            "1",
            "mparticle-key:mparticle-secret",
            """ "Source": "MParticle", "DatasetId": "1" """,
            sales =>
                new(
                    "/mparticle/v2/events",
                    $$"""
                    {"environment":"production","user_identities":{"customer_id":"u-1","email":"jane.doe@example.com"},
                     "events":[{{string.Join(',', sales.Select(sale => sale.MParticle))}}]}
                    """
                )
        ),
        new(
            "segment",
            "2",
            "segment-write-key",
            """
            "Source": "Segment", "Segment": { "Events": [
              { "Event": "Order Completed", "EventSetId": "2" }, { "Event": "Product Added", "EventSetId": "2" } ] }
            """,
            sales => Calls("/segment/v1", sales)
        ),
        new(
            "rudderstack",
            "3",
            "rudderstack-write-key",
            """
            "Source": "RudderStack", "RudderStack": { "EventsToIds": [
              { "From": "Purchase", "To": "3" }, { "From": "AddToCart", "To": "3" } ] }
            """,
            sales => Calls("/rudderstack/v1", sales)
        ),
        new("commandersact", "4", "commandersact-key", """ "Source": "CommandersAct", "DatasetId": "4" """, sales =>
            sales is [var one]
                ? new("/commandersact/events", one.CommandersAct)
                : new("/commandersact/events/batch", Batch(sales.Select(sale => sale.CommandersAct)))
        ),
    ];

    /// <summary>A post of these sales that asks for the outcome of each.</summary>
    public HttpRequestMessage Request(Uri service, IReadOnlyList<Sale> sales)
    {
        var body = Post(sales);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service, body.Path))
        {
            Content = new StringContent(body.Json, Encoding.UTF8, "application/json"),
        };
        var key = Key.Contains(':', StringComparison.Ordinal) ? Key : $"{Key}:";
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(key))
        );
        request.Headers.Add("Prefer", "return=representation");
        return request;
    }

    private static SalesBody Calls(string version, IReadOnlyList<Sale> sales) =>
        sales is [var one]
            ? new($"{version}/track", one.Track)
            : new($"{version}/batch", Batch(sales.Select(sale => sale.Track)));

    private static string Batch(IEnumerable<string> events) => $$"""{"batch":[{{string.Join(',', events)}}]}""";
}

/// <summary>What is posted, and where.</summary>
internal sealed record SalesBody(string Path, string Json);
