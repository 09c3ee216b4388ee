using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Operations;

/// <summary>What delivery knows of the connections and what the outbox keeps for them, in one line each.</summary>
public sealed class ConnectionReport(ConnectionRegistry connections, ConnectionStates states, IOutbox outbox, TimeProvider time)
{
    /// <summary>Every configured connection, in the order of the configuration.</summary>
    public async Task<IReadOnlyList<Line>> AllAsync(CancellationToken cancellationToken)
    {
        var backlog = await outbox.BacklogAsync(cancellationToken).ConfigureAwait(false);
        return [.. connections.All.Select(connection => Of(connection, backlog))];
    }

    /// <summary>One of them.</summary>
    public async Task<Line> OfAsync(Connection connection, CancellationToken cancellationToken) =>
        Of(connection, await outbox.BacklogAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>How the operator's routes, readiness and metrics write a condition.</summary>
    public static string Write(Condition condition) => condition switch
    {
        Condition.Throttled => "throttled",
        Condition.Halted => "halted",
        Condition.Paused => "paused",
        _ => "active",
    };

    private Line Of(Connection connection, IReadOnlyList<Backlog> backlog)
    {
        var status = states.Of(connection.Name).Status;
        var waiting = backlog.FirstOrDefault(waiting => waiting.Connection == connection.Name);
        return new Line(
            connection.Name, connection.Options.Source.ToString()!, Write(status.Condition), status.Reason, status.Since, status.Until,
            waiting?.Events ?? 0, waiting?.Bytes ?? 0, waiting is null ? null : Math.Max(0, (time.GetUtcNow() - waiting.OldestCreatedAt).TotalSeconds),
            status.LastSuccess, status.InFlight, status.HaltedDatasets);
    }

    /// <summary>One connection, as the operator sees it.</summary>
    public sealed record Line(
        string Name, string Source, string State, string? Reason, DateTimeOffset? Since, DateTimeOffset? Until,
        long Pending, long PendingBytes, double? OldestAgeSeconds, DateTimeOffset? LastSuccess, int InFlight, IReadOnlyDictionary<string, string> HaltedDatasets);
}
