using System.Text;
using OfflineConversions;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;
using OfflineConversions.Targets.Meta.Responses;

var now = TimeProvider.System.GetUtcNow();
var writer = new ConversionWriter(
    new MappingOptions
    {
        DatasetId = "1234567890",
        DefaultCountry = "GB",
        DefaultCurrency = "GBP",
    }
);
var customer = new Customer
{
    { MatchKey.Email, " Ada.Lovelace@Example.com " },
    { MatchKey.Phone, "020 7946 0958" },
    { MatchKey.LastName, "O'Brien" },
};
var sale = new Conversion
{
    EventName = "Purchase",
    EventId = "order-1001",
    EventTime = now.AddHours(-3),
    Customer = customer,
    Value = 59.90m,
    OrderId = "1001",
    Products = [new Product("sku-1", Quantity: 2, Price: 29.95m)],
};
EventResult written = writer.Write(sale, now);
Console.WriteLine($"{written.Outcome} {written.Reason}");

HashedCustomer hashed = writer.Hash(customer, now);
foreach (var (key, value) in hashed.Values)
{
    Console.WriteLine($"{MatchKeyNames.NameOf(key)} {value}");
}

var pipeline = new ConversionPipeline(
    new MappingOptions
    {
        Source = SegmentDefinition.Instance,
        SourceOptions = new SegmentOptions
        {
            Events = [new EventSetRow { Event = "Order Completed", EventSetId = "1234567890" }],
        },
    }
);
var message = Encoding.UTF8.GetBytes(
    """
    {
      "type": "track", "event": "Order Completed", "messageId": "m-1", "userId": "u-7",
      "properties": { "revenue": 25, "currency": "EUR" },
      "context": { "traits": { "email": "ada@example.com" } }
    }
    """
);
foreach (var result in pipeline.Map(message, now))
{
    Console.WriteLine($"{result.EventId} {result.Outcome} {result.Reason}");
}

foreach (var batch in ConversionBatch.Split(written.Deliveries, MetaApi.ConversionsApi))
{
    Console.WriteLine($"{batch.Deliveries.Count} for {batch.DatasetId}");
}

var refused = """{"error":{"code":190,"error_subcode":463}}""";
var response = GraphResponse.Read(401, [], Encoding.UTF8.GetBytes(refused), now);
Console.WriteLine(Classifier.Classify(response, sent: 1));
