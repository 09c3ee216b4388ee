using System.Diagnostics;
using System.Diagnostics.Metrics;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// What is measured of events on their way out. Tags: connection, dataset and reason, nothing personal.
/// </summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _failed;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GraphMetrics.MeterName);
        _delivered = meter.CreateCounter<long>(
            "offlineconversions.delivery.events.delivered",
            description: "Events Meta has taken."
        );
        _retried = meter.CreateCounter<long>(
            "offlineconversions.delivery.events.retried",
            description: "Events that were tried and wait for another attempt."
        );
        _failed = meter.CreateCounter<long>(
            "offlineconversions.delivery.events.failed",
            description: "Events that went to the failed list, by reason."
        );
    }

    /// <summary>Counts what a settlement says.</summary>
    public void Settled(ChunkSettlement settlement)
    {
        var (connection, _, dataset, _) = settlement.Chunk.Destination;
        var delivered = settlement.Chunk.Events.Count - settlement.Keep.Count - settlement.Buried.Count;
        if (delivered > 0)
        {
            _delivered.Add(delivered, new TagList { { "connection", connection }, { "dataset", dataset } });
        }

        if (settlement is { CountAttempt: true, Keep.Count: > 0 })
        {
            _retried.Add(settlement.Keep.Count, new TagList { { "connection", connection }, { "dataset", dataset } });
        }

        foreach (var reason in settlement.Buried.GroupBy(burial => burial.Reason, StringComparer.Ordinal))
        {
            _failed.Add(
                reason.Count(),
                new TagList
                {
                    { "connection", connection },
                    { "dataset", dataset },
                    { "reason", reason.Key },
                }
            );
        }
    }
}
