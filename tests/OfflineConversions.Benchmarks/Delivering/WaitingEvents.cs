using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;

namespace OfflineConversions.Benchmarks.Delivering;

/// <summary>
/// Events that wait in an outbox before a service starts. They are stored as batches of 100 over eight connections
/// store them, so the sizes of the chunks vary.
/// </summary>
internal sealed partial class WaitingEvents
{
    private const string IdPlaceholder = "00000000-0000-0000-0000-000000000000";
    private const int EventsAtOnce = 100;
    private const int Callers = 8;
    private const int HashBytes = 32;

    private readonly EventDelivery _delivery;
    private readonly byte[] _payload;
    private readonly int _idAt;
    private readonly IReadOnlyList<int> _hashesAt;

    private WaitingEvents(EventDelivery delivery, byte[] payload)
    {
        (_delivery, _payload) = (delivery, payload);
        _idAt = payload.AsSpan().IndexOf(Encoding.ASCII.GetBytes(IdPlaceholder));
        _hashesAt = [.. Hash().Matches(Encoding.Latin1.GetString(payload)).Select(match => match.Index)];
    }

    /// <summary>The bytes of one payload; all have the same size.</summary>
    public int PayloadBytes => _payload.Length;

    /// <summary>The order of RudderStack with three products.</summary>
    public static WaitingEvents Orders()
    {
        var delivery = Map(Order.Of("rudderstack", IdPlaceholder, DateTimeOffset.UtcNow));
        return new WaitingEvents(delivery, delivery.Payload.ToArray());
    }

    /// <summary>
    /// The sample of RudderStack's page, with fewer match keys and a filler, so that it has a certain size.
    /// </summary>
    public static WaitingEvents Samples(int bytes)
    {
        const string Filler = "filler";
        var delivery = Map(Order.RudderStackSample(IdPlaceholder, DateTimeOffset.UtcNow));
        var json = JsonNode.Parse(delivery.Payload.Span)!;
        var keys = json["user_data"]!.AsObject();
        json["custom_data"]![Filler] = "";
        while (json.ToJsonString().Length > bytes)
        {
            keys.RemoveAt(keys.Count - 1);
        }

        json["custom_data"]![Filler] = new string('x', bytes - json.ToJsonString().Length);
        return new WaitingEvents(delivery, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>
    /// The payload of an event, with an id and hashes that only it has: events of one person compress better than those
    /// of a shop.
    /// </summary>
    public byte[] Payload(int number)
    {
        var payload = _payload.ToArray();
        var random = new Random(number);
        Span<byte> hash = stackalloc byte[HashBytes];
        foreach (var at in _hashesAt)
        {
            random.NextBytes(hash);
            Convert.TryToHexStringLower(hash, payload.AsSpan(at), out _);
        }

        number.TryFormat(payload.AsSpan(_idAt, 12), out _, "D12", CultureInfo.InvariantCulture);
        return payload;
    }

    /// <summary>Stores events in the outbox of the options, which no service has open.</summary>
    /// <param name="options">Where the outbox is.</param>
    /// <param name="connection">The connection that they belong to.</param>
    /// <param name="first">The number of the first event.</param>
    /// <param name="count">How many.</param>
    /// <param name="window">How long their deduplication keys hold.</param>
    public async Task StoreAsync(OutboxOptions options, string connection, int first, int count, TimeSpan window)
    {
        await using var outbox = await StoredOutbox.OpenAsync(options);
        var api = BenchmarkSources.RudderStackConnection().Api;
        var next = first;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(StoreSomeAsync)));

        async Task StoreSomeAsync()
        {
            while (Interlocked.Add(ref next, EventsAtOnce) - EventsAtOnce is var start && start < first + count)
            {
                var numbers = Enumerable.Range(start, Math.Min(EventsAtOnce, first + count - start));
                await outbox.AppendAsync([.. numbers.Select(Entry)], default);
            }
        }

        OutboxEntry Entry(int number) =>
            new(
                connection,
                api,
                ChunkEvents: 1000,
                window,
                _delivery with
                {
                    EventId = number.ToString(CultureInfo.InvariantCulture),
                    Payload = Payload(number),
                    ExpiresAt = DateTimeOffset.UtcNow + TimeSpan.FromDays(7),
                }
            );
    }

    /// <summary>Removes the events of a connection as delivery does, so that only their keys stay.</summary>
    public static async Task SettleAllAsync(OutboxOptions options, string connection)
    {
        await using var outbox = await StoredOutbox.OpenAsync(options);
        var request = new LeaseRequest(connection, MaxEvents: 20_000, MaxBytes: 20_000_000);
        while (await outbox.LeaseAsync(request, default) is { Count: > 0 } chunks)
        {
            await outbox.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
        }
    }

    private static EventDelivery Map(string order)
    {
        using var body = JsonTree.Parse(Encoding.UTF8.GetBytes(order));
        return new ConversionPipeline(BenchmarkSources.Mapping("rudderstack"))
            .Map(body.Root, new Receipt(DateTimeOffset.UtcNow))[0]
            .Deliveries[0];
    }

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.None, 1000)]
    private static partial Regex Hash();
}
