using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery.State;

internal enum Condition
{
    /// <summary>It delivers, or would if it had events.</summary>
    Active,

    /// <summary>It waits, because Meta asked it to slow down or does not respond.</summary>
    Throttled,

    /// <summary>It, or one of its datasets, sends nothing until a probe succeeds. Its events are kept.</summary>
    Halted,

    /// <summary>An operator has paused it. Its events are kept.</summary>
    Paused,
}

/// <summary>The state of a connection as the operator sees it.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Condition">Whether it delivers.</param>
/// <param name="Reason">Why it is not active, one of <see cref="DeliveryReason"/>; null if it is.</param>
/// <param name="Since">Since when it is not active.</param>
/// <param name="Until">When it sends again, or probes.</param>
/// <param name="LastSuccess">When Meta last accepted events of it.</param>
/// <param name="InFlight">The number of batches in flight.</param>
/// <param name="HaltedDatasets">The halted datasets with their reasons.</param>
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

/// <summary>The state of every connection, for delivery, readiness, metrics and the operator.</summary>
internal sealed class ConnectionStates(
    IConnectionStateStore store,
    ProbeSchedule probes,
    TimeProvider time,
    ILogger<ConnectionStates> logger
)
{
    private readonly ConcurrentDictionary<string, ConnectionState> _states = new(StringComparer.Ordinal);

    /// <summary>The status of every connection that delivery has begun to serve, by name.</summary>
    public IReadOnlyList<ConnectionStatus> All =>
        [.. _states.OrderBy(state => state.Key, StringComparer.Ordinal).Select(state => state.Value.Status)];

    /// <summary>The state of a connection; active if it is new.</summary>
    public ConnectionState Of(string connection) => _states.GetOrAdd(connection, Create);

    /// <summary>Drops the state of a connection that is no longer configured.</summary>
    public void Forget(string connection) => _states.TryRemove(connection, out _);

    private ConnectionState Create(string connection)
    {
        var signal = new ChangeSignal();
        var halts = new ConnectionHalts(connection, new HaltStore(connection, store, logger), probes, signal, time);
        return new ConnectionState(connection, halts, signal, time);
    }
}
