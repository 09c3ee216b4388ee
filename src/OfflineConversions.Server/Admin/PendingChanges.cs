using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Changes what waits in the outbox and signals delivery. What has begun is finished, also if the operator hangs
/// up.
/// </summary>
internal sealed partial class PendingChanges(
    IPendingList pending,
    ConnectionRegistry connections,
    ConnectionControl control,
    DeliverySignal signal,
    ILogger<PendingChanges> logger
)
{
    /// <summary>Counts what would be changed.</summary>
    public async Task<PendingEndpoints.Changed> CountAsync(PendingScope scope, CancellationToken cancellationToken)
    {
        var count = await pending.CountPendingAsync(scope, cancellationToken);
        return new PendingEndpoints.Changed(count.Events, DryRun: true, count.InFlight);
    }

    /// <summary>Moves events to another dataset.</summary>
    public async Task<PendingEndpoints.Changed> RedirectAsync(Connection connection, PendingScope scope, string dataset)
    {
        var changed = await pending.RedirectAsync(scope, To(connection, dataset), CancellationToken.None);
        await NoteAsync(scope, changed);
        Moved(scope.Connection, changed.Events);
        Log.Redirected(
            logger,
            changed.Events,
            connection.Name,
            scope.DatasetId,
            dataset,
            changed.Duplicates,
            changed.InFlight
        );
        return new PendingEndpoints.Changed(changed.Events, DryRun: false, changed.InFlight)
        {
            Duplicates = changed.Duplicates,
        };
    }

    /// <summary>Gives events up.</summary>
    public async Task<PendingEndpoints.Changed> DiscardAsync(PendingScope scope)
    {
        var changed = await pending.DiscardPendingAsync(scope, CancellationToken.None);
        await NoteAsync(scope, changed);
        var name = NameOf(scope);
        Log.Discarded(logger, changed.Events, name, scope.DatasetId, changed.InFlight);
        return new PendingEndpoints.Changed(changed.Events, DryRun: false, changed.InFlight);
    }

    /// <summary>Where events of a connection go if they go to another dataset.</summary>
    public static Redirection To(Connection connection, string dataset) =>
        new(dataset, connection.Options.DeduplicationGroup, connection.Options.DeduplicationWindow);

    /// <summary>Wakes the delivery of events that are due now.</summary>
    public void Moved(string connection, long events) =>
        signal.Appended(connection, (int)Math.Min(events, int.MaxValue / 2));

    private async Task NoteAsync(PendingScope scope, ChangedPending changed)
    {
        if (changed.IsEmpty && connections.Find(scope.Connection) is not null)
        {
            await control.EndHaltAsync(scope.Connection, scope.DatasetId, CancellationToken.None);
        }
    }

    /// <summary>A name that no connection has is the caller's own text, which may be anything.</summary>
    private string NameOf(PendingScope scope) => connections.Find(scope.Connection)?.Name ?? "(not configured)";

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 505,
            Level = LogLevel.Information,
            Message = "Redirected {Events} waiting events of connection {Connection} from dataset {Dataset} to dataset "
                + "{NewDataset}, dropped {Duplicates} that it had already; {InFlight} events in flight stayed"
        )]
        public static partial void Redirected(
            ILogger logger,
            long events,
            string connection,
            string dataset,
            string newDataset,
            long duplicates,
            long inFlight
        );

        [LoggerMessage(
            EventId = 506,
            Level = LogLevel.Information,
            Message = "Discarded {Events} waiting events of connection {Connection} for dataset {Dataset}; {InFlight} "
                + "events in flight stayed"
        )]
        public static partial void Discarded(
            ILogger logger,
            long events,
            string connection,
            string dataset,
            long inFlight
        );
    }
}
