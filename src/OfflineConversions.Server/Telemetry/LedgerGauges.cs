using System.Diagnostics.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// The ledger and the length of the failed list, as gauges. They come from the disk and so survive a restart.
/// </summary>
internal sealed class LedgerGauges
{
    private IReadOnlyList<LedgerLine> _latest = [];

    public LedgerGauges(IMeterFactory meters)
    {
        var meter = meters.Create("OfflineConversions.Ledger");
        meter.CreateObservableGauge(
            "offlineconversions.failed.events",
            () => _latest.Select(line => Of(line, line.Failed)),
            description: "Events on the failed list."
        );
        meter.CreateObservableGauge(
            "offlineconversions.ledger.events",
            () => _latest.SelectMany(Accounts),
            description: "Where every accepted event is: accepted is the sum of the others."
        );
    }

    /// <summary>Asks the outbox; the gauges show its last answer.</summary>
    public async Task RefreshAsync(ILedger ledger, CancellationToken cancellationToken) =>
        _latest = await ledger.LedgerAsync(cancellationToken);

    private static IEnumerable<Measurement<long>> Accounts(LedgerLine line) =>
        [
            Of(line, line.Accepted, "accepted"),
            Of(line, line.Delivered, "delivered"),
            Of(line, line.Waiting, "pending"),
            Of(line, line.Failed, "failed"),
            Of(line, line.Discarded, "discarded"),
            Of(line, line.Expired, "expired"),
        ];

    private static Measurement<long> Of(LedgerLine line, long events) =>
        new(events, new KeyValuePair<string, object?>("connection", line.Connection));

    private static Measurement<long> Of(LedgerLine line, long events, string account) =>
        new(
            events,
            new KeyValuePair<string, object?>("connection", line.Connection),
            new KeyValuePair<string, object?>("account", account)
        );
}
