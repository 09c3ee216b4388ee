using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>What keeps pending events from being sent: halts, and connections that an operator has paused.</summary>
internal sealed class PendingStops
{
    private readonly HashSet<string> _paused = new(StringComparer.Ordinal);
    private readonly Dictionary<HaltScope, Halt> _halts = [];

    private PendingStops() { }

    /// <summary>Reads them from the store, so that every replica says the same.</summary>
    public static async Task<PendingStops> ReadAsync(IConnectionStateStore store, CancellationToken cancellationToken)
    {
        var stops = new PendingStops();
        stops._paused.UnionWith((await store.PausedAsync(cancellationToken)).Select(paused => paused.Connection));
        foreach (var halt in await store.HaltsAsync(cancellationToken))
        {
            stops._halts[halt.Scope] = halt;
        }

        return stops;
    }

    /// <summary>What stops the events of a dataset; <see langword="null"/> if nothing does.</summary>
    public PendingStop? Of(string connection, string dataset) =>
        _paused.Contains(connection) ? new PendingStop(DeliveryReason.PausedByOperator, ReasonKind.Paused, null)
        : (_halts.GetValueOrDefault(new HaltScope(connection)) ?? _halts.GetValueOrDefault(new(connection, dataset)))
            is { } halt
            ? new PendingStop(halt.Reason, ReasonKind.Halted, halt.ProbeAt)
        : null;
}

/// <summary>What stops the sending.</summary>
/// <param name="Reason">The reason code.</param>
/// <param name="Kind">Whether it is a halt or a pause.</param>
/// <param name="NextAttemptAt">When the halt is probed.</param>
internal sealed record PendingStop(string Reason, ReasonKind Kind, DateTimeOffset? NextAttemptAt);
