using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox;

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
/// <param name="Condition">Whether it delivers; of several problems, the newest one counts.</param>
/// <param name="LastSuccess">When Meta last accepted events of it.</param>
/// <param name="InFlight">The number of batches in flight.</param>
/// <param name="HaltedDatasets">The halted datasets with their reasons.</param>
/// <param name="IsHalted">Whether it or one of its datasets is halted, whatever the newest problem is.</param>
internal sealed record ConnectionStatus(
    string Connection,
    Condition Condition,
    DateTimeOffset? LastSuccess,
    int InFlight,
    IReadOnlyDictionary<string, string> HaltedDatasets,
    bool IsHalted
)
{
    /// <summary>Why it is not active, one of <see cref="DeliveryReason"/>; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>What the reason does not say, in words; null if nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>Since when it is not active.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it sends again, or probes.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The state of every connection, for delivery, readiness, metrics and the operator.</summary>
internal sealed class ConnectionStates(
    IConnectionStateStore store,
    ProbeSchedule probes,
    SteadyTime time,
    ILogger<ConnectionStates> logger
)
{
    private readonly ConcurrentDictionary<string, ConnectionState> _states = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _restored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when they have what the store has from before the start.</summary>
    public Task Restored => _restored.Task;

    /// <summary>The status of every connection that delivery has begun to serve, by name.</summary>
    public IReadOnlyList<ConnectionStatus> All =>
        [.. _states.OrderBy(state => state.Key, StringComparer.Ordinal).Select(state => state.Value.Status)];

    /// <summary>The states themselves.</summary>
    public IReadOnlyCollection<ConnectionState> Known => [.. _states.Values];

    /// <summary>The state of a connection; active if it is new.</summary>
    public ConnectionState Of(string connection) => _states.GetOrAdd(connection, Create);

    /// <summary>What the store has was taken over.</summary>
    public void NoteRestored() => _restored.TrySetResult();

    /// <summary>Drops the state of a connection that is no longer configured.</summary>
    public void Forget(string connection) => _states.TryRemove(connection, out _);

    private ConnectionState Create(string connection)
    {
        var signal = new ChangeSignal();
        var halts = new ConnectionHalts(connection, new HaltStore(connection, store, logger), probes, signal, time);
        return new ConnectionState(connection, halts, signal, time);
    }
}
