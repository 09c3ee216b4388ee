using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Benchmarks.Orders;

/// <summary>The settings of each source under which its <see cref="Order"/> is accepted.</summary>
internal static class BenchmarkSources
{
    /// <summary>The write key of <see cref="RudderStackConnection"/>.</summary>
    public const string WriteKey = "benchmark-key";

    /// <summary>The mapping of a source.</summary>
    public static MappingOptions Mapping(string source) => Apply(new MappingOptions(), source);

    /// <summary>A connection that accepts the orders of RudderStack and the sample of its page.</summary>
    public static ConnectionOptions RudderStackConnection()
    {
        var connection = new ConnectionOptions { WriteKeys = [WriteKey], AccessToken = "benchmark" };
        Apply(connection, "rudderstack");
        return connection;
    }

    /// <summary>The delivery that an order of RudderStack becomes.</summary>
    public static EventDelivery RudderStackDelivery()
    {
        using var body = JsonTree.Parse(Order.Of("rudderstack"));
        return new ConversionPipeline(Mapping("rudderstack")).Map(body.Root, new Receipt(Order.SomeTime))[0].Deliveries[
            0
        ];
    }

    private static MappingOptions Apply(MappingOptions options, string source)
    {
        options.Source = EventSources.All.Find(source)!;
        options.SourceOptions = options.Source.CreateOptions();
        switch (options.SourceOptions)
        {
            case SegmentOptions segment:
                segment.Events = [new() { Event = "Order Completed", EventSetId = "1" }];
                break;
            case RudderStackOptions rudderStack:
                rudderStack.EventsToIds =
                [
                    new() { From = "Purchase", To = "1" },
                    new() { From = "AddToCart", To = "1" },
                ];
                break;
            default:
                options.DatasetId = "1";
                break;
        }

        return options;
    }
}
