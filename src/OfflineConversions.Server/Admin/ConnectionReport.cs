using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>The state of each connection in delivery together with its backlog in the outbox.</summary>
internal sealed class ConnectionReport(
    ConnectionRegistry connections,
    ConnectionStates states,
    GraphVersions versions,
    ILedger ledger,
    SteadyTime time
)
{
    /// <summary>The state of a connection that is no longer configured but still has a backlog.</summary>
    public const string Unconfigured = "unconfigured";

    /// <summary>
    /// Every configured connection, in the order of the configuration, then those that only have a backlog.
    /// </summary>
    public async Task<IReadOnlyList<Line>> AllAsync(CancellationToken cancellationToken)
    {
        var backlog = await ledger.BacklogAsync(cancellationToken);
        var configured = connections.Current;
        return
        [
            .. configured.Connections.Select(connection => Of(connection, backlog)),
            .. backlog
                .Where(waiting => configured.Find(waiting.Connection)?.Name != waiting.Connection)
                .Select(Unknown),
        ];
    }

    /// <summary>One configured connection.</summary>
    public async Task<Line> OfAsync(Connection connection, CancellationToken cancellationToken) =>
        Of(connection, await ledger.BacklogAsync(cancellationToken));

    /// <summary>The name of a condition in the operator's routes and in readiness.</summary>
    public static string Write(Condition condition) =>
        condition switch
        {
            Condition.Throttled => "throttled",
            Condition.Halted => "halted",
            Condition.Paused => "paused",
            _ => "active",
        };

    /// <summary>What the reason of a connection's state does not say, in words; null if nothing.</summary>
    public string? Detail(ConnectionStatus status, Connection? connection) =>
        status.Reason == DeliveryReason.UnsupportedVersion && connection is not null
            ? versions.Setting(connection.Options.Api)
            : status.Detail;

    /// <summary>What the reason of a connection's state means, and what to do; null if there is no reason.</summary>
    public static ReasonEntry? Explain(ConnectionStatus status) =>
        status.Reason is { } reason ? ReasonCatalogue.OfDelivery(reason) : null;

    private Line Unknown(Backlog waiting) =>
        new(
            waiting.Connection,
            null,
            Unconfigured,
            null,
            null,
            null,
            waiting.Events,
            waiting.Bytes,
            Age(waiting),
            null,
            0,
            new Dictionary<string, string>(StringComparer.Ordinal),
            null,
            null,
            null
        );

    private double Age(Backlog waiting) => Math.Max(0, (time.GetUtcNow() - waiting.OldestCreatedAt).TotalSeconds);

    private Line Of(Connection connection, IReadOnlyList<Backlog> backlog)
    {
        var status = states.Of(connection.Name).Status;
        var reason = Explain(status);
        var waiting = backlog.FirstOrDefault(waiting => waiting.Connection == connection.Name);
        return new Line(
            connection.Name,
            connection.Source.Name,
            Write(status.Condition),
            status.Reason,
            status.Since,
            status.Until,
            waiting?.Events ?? 0,
            waiting?.Bytes ?? 0,
            waiting is null ? null : Age(waiting),
            status.LastSuccess,
            status.InFlight,
            status.HaltedDatasets,
            Detail(status, connection),
            reason?.Meaning,
            reason?.Remedy
        );
    }

    /// <summary>One connection, as the operator sees it.</summary>
    public sealed record Line(
        string Name,
        string? Source,
        string State,
        string? Reason,
        DateTimeOffset? Since,
        DateTimeOffset? Until,
        long Pending,
        long PendingBytes,
        double? OldestAgeSeconds,
        DateTimeOffset? LastSuccess,
        int InFlight,
        IReadOnlyDictionary<string, string> HaltedDatasets,
        string? Detail,
        string? Meaning,
        string? Remedy
    );
}
