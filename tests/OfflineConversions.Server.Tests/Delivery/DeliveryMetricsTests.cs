using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class DeliveryMetricsTests
{
    [Fact]
    public void Every_event_of_a_settlement_is_counted_once_and_so_are_lost_leases_and_damaged_events()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                it.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
                counted.Enqueue(
                    $"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"
                )
        );
        listener.Start();
        var chunk = new Chunk(
            1,
            default,
            new Destination("stores", MetaApi.ConversionsApi, "7", null),
            [.. Enumerable.Range(0, 6).Select(n => new StoredEvent(DeliveryHarness.Event(n), default))],
            0,
            default
        );

        var damage = new SomeDamage();
        var metrics = new DeliveryMetrics(meters, damage);

        metrics.Settled(
            new ChunkSettlement(
                chunk,
                [0],
                default,
                [new Burial(1, "refused_by_meta"), new Burial(2, "window_expired"), new Burial(3, "refused_by_meta")]
            )
        );

        metrics.LeaseLost(chunk.Destination);
        damage.Bury(new DamagedEvents("stores", "7", 5));

        counted
            .Should()
            .BeEquivalentTo(
                "offlineconversions.delivery.events.delivered 2 stores 7",
                "offlineconversions.delivery.events.retried 1 stores 7",
                "offlineconversions.delivery.events.failed 2 stores 7 refused_by_meta",
                "offlineconversions.delivery.events.failed 1 stores 7 window_expired",
                "offlineconversions.delivery.events.failed 5 stores 7 unreadable",
                "offlineconversions.delivery.leases.lost 1 stores 7"
            );
    }

    private sealed class SomeDamage : IDamageReports
    {
        public Action<DamagedEvents>? WhenBuried { get; set; }

        public void Bury(DamagedEvents events) => WhenBuried?.Invoke(events);
    }
}
