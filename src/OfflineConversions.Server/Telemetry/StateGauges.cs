using System.Diagnostics.Metrics;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// The current state as gauges: the version, the state of each connection, its backlog, and the ledger. Backlog and
/// ledger come from the store, so they survive a restart.
/// </summary>
internal sealed class StateGauges
{
    private readonly ConnectionRegistry _connections;
    private readonly ConnectionStates _states;
    private readonly TimeProvider _time;
    private IReadOnlyList<Backlog> _backlog = [];
    private IReadOnlyList<LedgerLine> _ledger = [];

    public StateGauges(IMeterFactory meters, ConnectionRegistry connections, ConnectionStates states, TimeProvider time)
    {
        (_connections, _states, _time) = (connections, states, time);
        AddBuild(meters.Create("OfflineConversions.Build"));
        AddStates(meters.Create("OfflineConversions.Connections"));
        AddBacklog(meters.Create("OfflineConversions.Backlog"));
        AddLedger(meters.Create("OfflineConversions.Ledger"));
    }

    /// <summary>Reads backlog and ledger from the store. The gauges show the values read last.</summary>
    public async Task RefreshAsync(ILedger ledger, CancellationToken cancellationToken)
    {
        _backlog = await ledger.BacklogAsync(cancellationToken);
        _ledger = await ledger.LedgerAsync(cancellationToken);
    }

    private static void AddBuild(Meter meter) =>
        meter.CreateObservableGauge(
            "offlineconversions.build.info",
            () => new Measurement<int>(1, Tag("version", ProgramVersion.Text)),
            description: "The version of the program, as a label. The value is always 1."
        );

    private void AddStates(Meter meter)
    {
        meter.CreateObservableGauge(
            "offlineconversions.connection.halted",
            () => States(Condition.Halted),
            description: "Whether delivery of the connection, or of one of its datasets, "
                + "is halted because Meta refuses a setting."
        );
        meter.CreateObservableGauge(
            "offlineconversions.connection.throttled",
            () => States(Condition.Throttled),
            description: "Whether delivery of the connection waits, because Meta asked for it or does not respond."
        );
        meter.CreateObservableGauge(
            "offlineconversions.connection.paused",
            () => States(Condition.Paused),
            description: "Whether an operator paused the connection."
        );
    }

    private void AddBacklog(Meter meter)
    {
        meter.CreateObservableGauge(
            "offlineconversions.backlog.events",
            () => Backlogs(backlog => backlog?.Events ?? 0),
            description: "Events that wait for delivery."
        );
        meter.CreateObservableGauge(
            "offlineconversions.backlog.size",
            () => Backlogs(backlog => backlog?.Bytes ?? 0),
            "By",
            "Payload bytes that wait for delivery."
        );
        meter.CreateObservableGauge(
            "offlineconversions.backlog.oldest",
            () => Backlogs(Age),
            "s",
            "Age of the oldest event that waits for delivery."
        );
    }

    private void AddLedger(Meter meter)
    {
        meter.CreateObservableGauge(
            "offlineconversions.failed.events",
            () => _ledger.Select(line => new Measurement<long>(line.Failed, Tag("connection", line.Connection))),
            description: "Events on the failed list."
        );
        meter.CreateObservableGauge(
            "offlineconversions.ledger.events",
            () => _ledger.SelectMany(Accounts),
            description: "Where every accepted event is. The account accepted is the sum of the others."
        );
    }

    private IEnumerable<Measurement<int>> States(Condition condition) =>
        _connections.All.Select(connection => new Measurement<int>(
            _states.Of(connection.Name).Status.Condition == condition ? 1 : 0,
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
