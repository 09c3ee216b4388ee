using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// What keeps pending events from being sent: halts, connections that an operator has paused, that wait for Meta, or
/// that are no longer configured.
/// </summary>
internal sealed class PendingStops
{
    private readonly HashSet<string> _paused = new(StringComparer.Ordinal);
    private readonly Dictionary<HaltScope, Halt> _halts = [];
    private readonly Dictionary<string, ConnectionStatus> _throttled;
    private readonly RuntimeSettings _configured;

    private PendingStops(RuntimeSettings configured, IEnumerable<ConnectionStatus> statuses)
    {
        _configured = configured;
        _throttled = statuses
            .Where(status => status.Condition == Condition.Throttled)
            .ToDictionary(status => status.Connection, StringComparer.Ordinal);
    }

    /// <summary>What stops the events of a dataset; <see langword="null"/> if nothing does.</summary>
    public PendingStop? Of(string connection, string dataset) =>
        _configured.Find(connection)?.Name != connection ? PendingStop.Unconfigured
        : _paused.Contains(connection) ? PendingStop.Of(DeliveryReason.PausedByOperator, ReasonKind.Paused)
        : (_halts.GetValueOrDefault(new HaltScope(connection)) ?? _halts.GetValueOrDefault(new(connection, dataset)))
            is { } halt
            ? PendingStop.Of(halt.Reason, ReasonKind.Halted) with
            {
                NextAttemptAt = halt.ProbeAt,
            }
        : _throttled.GetValueOrDefault(connection) is { Reason: { } reason } status
            ? PendingStop.Of(reason, ReasonKind.Throttled) with
            {
                NextAttemptAt = status.Until,
                Detail = status.Detail,
            }
        : null;

    /// <summary>
    /// Reads pauses and halts from the store, so that every replica says the same. How fast a connection sends is known
    /// to its own process only.
    /// </summary>
    public sealed class Reader(IConnectionStateStore store, ConnectionStates states, ConnectionRegistry connections)
    {
        public async Task<PendingStops> ReadAsync(CancellationToken cancellationToken)
        {
            var stops = new PendingStops(connections.Current, states.All);
            stops._paused.UnionWith((await store.PausedAsync(cancellationToken)).Select(paused => paused.Connection));
            foreach (var halt in await store.HaltsAsync(cancellationToken))
            {
                stops._halts[halt.Scope] = halt;
            }

            return stops;
        }
    }
}

/// <summary>What stops the sending.</summary>
/// <param name="Reason">The reason code; null if the connection is not configured.</param>
/// <param name="Meaning">What happened, in words.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record PendingStop(string? Reason, string Meaning, string? Remedy)
{
    public static readonly PendingStop Unconfigured = new(
        Reason: null,
        "Its connection is not configured, so nothing of it is sent.",
        "Add the connection again with its name, or give up what waits (`POST /api/pending/discard`)."
    );

    /// <summary>Whether it ends by itself; events whose next attempt is later still wait for that.</summary>
    public bool EndsByItself { get; init; }

    /// <summary>When it is tried again; null if that is unknown.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What the meaning does not say; null if nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// What the last answer says that the event waits for: Meta's request limit, which is known from it after a restart
    /// too.
    /// </summary>
    public static PendingStop? After(MetaAnswer? answer) =>
        answer?.Code is { } code && Classifier.IsRequestLimit(code)
            ? Of(DeliveryReason.Throttled, ReasonKind.Throttled)
            : null;

    public static PendingStop Of(string reason, ReasonKind kind)
    {
        var entry = ReasonCatalogue.Find(reason, kind);
        return new PendingStop(reason, entry?.Meaning ?? "Its connection is stopped.", entry?.Remedy)
        {
            EndsByItself = kind == ReasonKind.Throttled,
        };
    }
}
