using System.Diagnostics.Metrics;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// The current state as gauges: the version, the clock, the state of each connection, its backlog, and the ledger.
/// Backlog and ledger come from the store, so they survive a restart.
/// </summary>
internal sealed class StateGauges
{
    private readonly ConnectionRegistry _connections;
    private readonly ConnectionStates _states;
    private readonly SteadyTime _time;
    private IReadOnlyList<Backlog> _backlog = [];
    private IReadOnlyList<LedgerLine> _ledger = [];

    public StateGauges(
        IMeterFactory meters,
        ConnectionRegistry connections,
        ConnectionStates states,
        IRecoveryNotices notices,
        SteadyTime time
    )
    {
        (_connections, _states, _time) = (connections, states, time);
        AddBuild(new ServiceMeter(meters, "Build"));
        AddClock(new ServiceMeter(meters, "Clock"));
        AddStates(new ServiceMeter(meters, "Connections"));
        AddBacklog(new ServiceMeter(meters, "Backlog"));
        AddLedger(new ServiceMeter(meters, "Ledger"));
        AddRecovery(new ServiceMeter(meters, "Outbox"), notices);
    }

    /// <summary>
    /// Reads backlog and ledger from the store. The gauges show the values read last, also while the store does not
    /// work: the other metrics are needed then more than ever.
    /// </summary>
    public async Task RefreshAsync(ILedger ledger, CancellationToken cancellationToken)
    {
        try
        {
            _backlog = await ledger.BacklogAsync(cancellationToken);
            _ledger = await ledger.LedgerAsync(cancellationToken);
        }
        catch (OutboxUnavailableException)
        {
            // The log and /readyz say so.
        }
    }

    private static void AddBuild(ServiceMeter meter) =>
        meter.Gauge<int>(
            "offlineconversions.build.info",
            "The version of the program, as a label. The value is always 1.",
            () => [new Measurement<int>(1, Tag("version", ProgramVersion.Text))]
        );

    private void AddClock(ServiceMeter meter) =>
        meter.Gauge<double>(
            "offlineconversions.clock.difference",
            "How far the machine's clock is ahead of the service's own; negative if it is behind.",
            () => [new Measurement<double>(Math.Round(_time.Difference.TotalSeconds, 3))],
            "s"
        );

    private void AddStates(ServiceMeter meter)
    {
        meter.Gauge(
            "offlineconversions.connection.halted",
            "Whether delivery of the connection, or of one of its datasets, is halted because Meta refuses a setting.",
            () => States(status => status.IsHalted)
        );
        meter.Gauge(
            "offlineconversions.connection.throttled",
            "Whether delivery of the connection waits, because Meta asked for it or does not respond.",
            () => States(status => status.Condition == Condition.Throttled)
        );
        meter.Gauge("offlineconversions.connection.paused", "Whether an operator paused the connection.", () =>
            States(status => status.Condition == Condition.Paused)
        );
    }

    private void AddBacklog(ServiceMeter meter)
    {
        meter.Gauge("offlineconversions.backlog.events", "Events that wait for delivery.", () =>
            Backlogs(backlog => backlog?.Events ?? 0)
        );
        meter.Gauge(
            "offlineconversions.backlog.size",
            "Payload bytes that wait for delivery.",
            () => Backlogs(backlog => backlog?.Bytes ?? 0),
            "By"
        );
        meter.Gauge(
            "offlineconversions.backlog.oldest",
            "Age of the oldest event that waits for delivery.",
            () => Backlogs(Age),
            "s"
        );
    }

    private void AddLedger(ServiceMeter meter)
    {
        meter.Gauge("offlineconversions.failed.events", "Events on the failed list.", () =>
            Lines().Select(line => new Measurement<long>(line.Failed, Tag("connection", line.Connection)))
        );
        meter.Gauge(
            "offlineconversions.ledger.events",
            "Where every accepted event is. The account accepted is the sum of the others.",
            () => Lines().SelectMany(Accounts)
        );
    }

    private static void AddRecovery(ServiceMeter meter, IRecoveryNotices notices) =>
        meter.Gauge<int>(
            "offlineconversions.outbox.recovered",
            "Whether the outbox was recovered from damage and no operator has acknowledged it.",
            () => [new Measurement<int>(notices.Recoveries.Count > 0 ? 1 : 0)]
        );

    private IEnumerable<Measurement<int>> States(Func<ConnectionStatus, bool> isTrue) =>
        _connections.All.Select(connection => new Measurement<int>(
            isTrue(_states.Of(connection.Name).Status) ? 1 : 0,
            Tag("connection", connection.Name)
        ));

    /// <summary>
    /// A value for each configured connection, and for each one that is no longer configured but has a backlog.
    /// </summary>
    private IEnumerable<Measurement<double>> Backlogs(Func<Backlog?, double> of)
    {
        var backlog = _backlog;
        return _connections
            .All.Select(connection => connection.Name)
            .Union(backlog.Select(waiting => waiting.Connection), StringComparer.Ordinal)
            .Select(name => new Measurement<double>(
                of(backlog.FirstOrDefault(waiting => waiting.Connection == name)),
                Tag("connection", name)
            ));
    }

    /// <summary>The ledger, with zeros for each configured connection that has no event yet.</summary>
    private IEnumerable<LedgerLine> Lines()
    {
        var ledger = _ledger;
        return ledger.Concat(
            _connections
                .All.Select(connection => connection.Name)
                .Except(ledger.Select(line => line.Connection), StringComparer.Ordinal)
                .Select(name => new LedgerLine(name, 0, 0, 0, 0, 0, 0))
        );
    }

    private double Age(Backlog? backlog) =>
        backlog is null ? 0 : Math.Max(0, (_time.GetUtcNow() - backlog.OldestCreatedAt).TotalSeconds);

    private static IEnumerable<Measurement<long>> Accounts(LedgerLine line) =>
        [
            Account(line, "accepted", line.Accepted),
            Account(line, "delivered", line.Delivered),
            Account(line, "pending", line.Waiting),
            Account(line, "failed", line.Failed),
            Account(line, "discarded", line.Discarded),
            Account(line, "expired", line.Expired),
        ];

    private static Measurement<long> Account(LedgerLine line, string account, long events) =>
        new(events, Tag("connection", line.Connection), Tag("account", account));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
