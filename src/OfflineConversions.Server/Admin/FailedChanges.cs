using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Replays and discards failed events, and signals delivery. What has begun is finished, also if the operator
/// hangs up.
/// </summary>
internal sealed class FailedChanges(IFailedList failed, ConnectionRegistry connections, DeliverySignal signal)
{
    /// <summary>Sends the selected events again.</summary>
    /// <param name="selection">The events.</param>
    /// <param name="toDataset">Where to; null to their own datasets. It needs a connection in the selection.</param>
    public async Task<ResolvedEvents> ReplayAsync(FailedSelection selection, string? toDataset)
    {
        var connection = selection.Connection is { } name ? connections.Find(name) : null;
        var replayed =
            connection is not null && toDataset is not null
                ? await failed.ReplayFailedAsync(
                    selection,
                    PendingChanges.To(connection, toDataset),
                    CancellationToken.None
                )
                : await failed.ResolveFailedAsync(selection, Resolution.Replay, CancellationToken.None);
        if (connection is not null)
        {
            signal.Appended(connection.Name, (int)Math.Min(replayed.Events, int.MaxValue / 2));
        }

        return replayed;
    }

    /// <summary>Gives the selected events up.</summary>
    public Task<ResolvedEvents> DiscardAsync(FailedSelection selection) =>
        failed.ResolveFailedAsync(selection, Resolution.Discard, CancellationToken.None).AsTask();
}
