using Microsoft.Extensions.DependencyInjection;
using OfflineConversions;
using OfflineConversions.Conversions;
using OfflineConversions.Meta;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

// Arguments: https://graph.facebook.com or the address of a sandbox, the access token, the dataset id.
await using var services = new ServiceCollection()
    .AddMetaConversions(meta =>
    {
        meta.BaseAddress = new Uri(args[0]);
        meta.AccessToken = args[1];
    })
    .BuildServiceProvider();
var client = services.GetRequiredService<MetaConversionsClient>();
var writer = new ConversionWriter(new MappingOptions { DatasetId = args[2], DefaultCountry = "GB" });
var now = TimeProvider.System.GetUtcNow();
var sale = new Conversion
{
    EventName = "Purchase",
    EventId = "order-1001",
    EventTime = now.AddHours(-3),
    Customer = new Customer { { MatchKey.Email, "ada@example.com" }, { MatchKey.Phone, "020 7946 0958" } },
    Value = 59.90m,
    Currency = "GBP",
};
foreach (var batch in ConversionBatch.Split(writer.Write(sale, now).Deliveries, MetaApi.ConversionsApi))
{
    var report = await client.SendAsync(batch);
    Console.WriteLine(
        $"{report.Delivered.Count} delivered, {report.Refused.Count} refused, {report.Waiting.Count} waiting"
    );
}
