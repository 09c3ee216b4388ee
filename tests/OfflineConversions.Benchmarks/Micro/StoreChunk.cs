using BenchmarkDotNet.Attributes;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Benchmarks.Micro;

/// <summary>Encoding and decoding a chunk of the outbox. Divide by the number of events.</summary>
public class StoreChunk
{
    private readonly ChunkBuilder _builder = new();
    private StoredEvent[] _events = [];
    private byte[] _chunk = [];

    [Params(1, 42, 1000)]
    public int Events { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var delivery = BenchmarkSources.RudderStackDelivery();
        _events =
        [
            .. Enumerable
                .Range(0, Events)
                .Select(number => new StoredEvent(
                    delivery.Payload,
                    delivery.ExpiresAt,
                    DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, $"{number}")
                )),
        ];
        _chunk = Complete().ToArray();
    }

    [Benchmark]
    public int Encode() => Complete().Length;

    [Benchmark]
    public object Decode() => ChunkFormat.Read(_chunk, 0);

    private ReadOnlySpan<byte> Complete()
    {
        _builder.Clear();
        foreach (var stored in _events)
        {
            _builder.Add(stored);
        }

        return _builder.Complete(0);
    }
}
