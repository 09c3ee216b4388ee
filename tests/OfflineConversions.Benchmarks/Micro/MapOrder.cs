using System.Text;
using BenchmarkDotNet.Attributes;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Benchmarks.Micro;

/// <summary>One order of each source: parsing alone, and everything from its bytes to the payload for Meta.</summary>
public class MapOrder
{
    private byte[] _order = [];
    private ConversionPipeline? _pipeline;

    public static IEnumerable<string> Sources => Order.Sources;

    [ParamsSource(nameof(Sources))]
    public string Source { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _order = Encoding.UTF8.GetBytes(Order.Of(Source));
        _pipeline = new ConversionPipeline(BenchmarkSources.Mapping(Source));
        if (Map() is not [{ Outcome: Outcome.Accepted }])
        {
            throw new InvalidOperationException($"The order of {Source} is {Map()[0].Outcome}: {Map()[0].Reason}");
        }
    }

    [Benchmark(Baseline = true)]
    public int Parse()
    {
        using var tree = JsonTree.Parse(_order);
        return tree.Root.EnumerateObject().Count();
    }

    [Benchmark]
    public IReadOnlyList<EventResult> Map()
    {
        using var tree = JsonTree.Parse(_order);
        return _pipeline!.Map(tree.Root, new Receipt(Order.SomeTime));
    }
}
