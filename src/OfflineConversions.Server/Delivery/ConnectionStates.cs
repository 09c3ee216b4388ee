using System.Collections.Concurrent;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>How a connection fares.</summary>
internal enum Condition
{
    /// <summary>It delivers, or would.</summary>
    Active,

    /// <summary>It waits, as Meta asked it to slow down or does not answer.</summary>
    Throttled,

    /// <summary>It, or one of its datasets, stands still until a probe succeeds. Its events are kept.</summary>
    Halted,

    /// <summary>An operator wants nothing sent until it is resumed. Its events are kept.</summary>
    Paused,
}

/// <summary>What the operator may know of a connection.</summary>
/// <param name="Connection">Its name.</param>
/// <param name="Condition">How it fares.</param>
/// <param name="Reason">Why it is not active; see <see cref="DeliveryReason"/>.</param>
/// <param name="Since">Since when it is not active.</param>
/// <param name="Until">When it goes on, or probes.</param>
/// <param name="LastSuccess">When Meta last took events of it.</param>
/// <param name="InFlight">Batches on their way.</param>
/// <param name="HaltedDatasets">
/// The datasets that stand still, with the reason; empty where the whole connection does or none.
/// </param>
internal sealed record ConnectionStatus(
    string Connection,
    Condition Condition,
    string? Reason,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    DateTimeOffset? LastSuccess,
    int InFlight,
    IReadOnlyDictionary<string, string> HaltedDatasets
);

/// <summary>The state of every connection, for delivery itself, readiness, metrics and the operator.</summary>
internal sealed class ConnectionStates(ProbeSchedule probes, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ConnectionState> _states = new(StringComparer.Ordinal);

    /// <summary>All that delivery has begun to serve, by name.</summary>
    public IReadOnlyList<ConnectionStatus> All =>
        [.. _states.OrderBy(state => state.Key, StringComparer.Ordinal).Select(state => state.Value.Status)];

    /// <summary>One of them; begins as active.</summary>
    public ConnectionState Of(string connection) =>
        _states.GetOrAdd(connection, name => new ConnectionState(name, probes, time));

    /// <summary>The connection is no longer configured; nothing serves it.</summary>
    public void Forget(string connection) => _states.TryRemove(connection, out _);
}
