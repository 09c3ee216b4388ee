using System.Diagnostics;
using System.Diagnostics.Metrics;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>The metrics of events on their way to Meta, by connection, dataset and reason.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _leasesLost;

    public DeliveryMetrics(IMeterFactory meters, IDamageReports damage)
    {
        var meter = new ServiceMeter(meters, "Delivery");
        _delivered = meter.Counter("offlineconversions.delivery.events.delivered", "Events that Meta has accepted.");
        _retried = meter.Counter(
            "offlineconversions.delivery.events.retried",
            "Events that were tried and wait for another attempt."
        );
        _failed = meter.Counter(
            "offlineconversions.delivery.events.failed",
            "Events that moved to the failed list, by reason."
        );
        _leasesLost = meter.Counter(
            "offlineconversions.delivery.leases.lost",
            "Chunks whose lease ended before they were settled."
        );
        damage.WhenBuried = events =>
            Failed(events.Connection, events.DatasetId, DeliveryReason.Unreadable, events.Events);
    }

    /// <summary>Creates the series of a dataset at 0, so that the first event of each is an increase.</summary>
    public void Announce(string connection, string dataset, IEnumerable<string> reasons)
    {
        var tags = new TagList { { "connection", connection }, { "dataset", dataset } };
        _delivered.Add(0, tags);
        _retried.Add(0, tags);
        _leasesLost.Add(0, tags);
        foreach (var reason in reasons)
        {
            Failed(connection, dataset, reason, 0);
        }
    }

    /// <summary>Counts a settlement that the outbox has not accepted.</summary>
    public void LeaseLost(Destination destination) =>
        _leasesLost.Add(
            1,
            new TagList { { "connection", destination.Connection }, { "dataset", destination.DatasetId } }
        );

    /// <summary>Counts the outcomes of a settlement that the outbox has accepted.</summary>
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
            Failed(connection, dataset, reason.Key, reason.Count());
        }
    }

    private void Failed(string connection, string dataset, string reason, int events) =>
        _failed.Add(
            events,
            new TagList
            {
                { "connection", connection },
                { "dataset", dataset },
                { "reason", reason },
            }
        );
}
