using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Failed events resolved, also to another dataset, and their causes.</summary>
internal sealed partial class InMemoryOutbox
{
    public ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => Resolve(selection, Resolution.Replay, redirection);

    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<FailedCause>>([
                .. Select(selection)
                    .Select(row => row.Event)
                    .GroupBy(failed =>
                        (
                            failed.Destination.Connection,
                            failed.Destination.DatasetId,
                            failed.Burial.Reason,
                            failed.Burial.Code,
                            failed.Burial.Subcode,
                            failed.Burial.Title
                        )
                    )
                    .Select(group => new FailedCause(
                        group.Key.Connection,
                        group.Key.DatasetId,
                        group.Key.Reason,
                        group.Key.Code,
                        group.Key.Subcode,
                        group.Key.Title,
                        group.Count(),
                        group.Min(failed => failed.FailedAt),
                        group.Max(failed => failed.FailedAt)
                    ))
                    .OrderByDescending(cause => cause.LastAt)
                    .ThenByDescending(cause => cause.Events),
            ]);
        }
    }

    public ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) => Resolve(selection, resolution, redirection: null);

    private ValueTask<ResolvedEvents> Resolve(
        FailedSelection selection,
        Resolution resolution,
        Redirection? redirection
    )
    {
        lock (_gate)
        {
            var resolved = new ResolvedEvents();
            foreach (var row in Select(selection).OrderBy(row => row.Event.Id).ToArray())
            {
                var (connection, isReplayed) = (row.Event.Destination.Connection, resolution == Resolution.Replay);
                var stored = row.Stored;
                if (isReplayed && !IsSuppressed(stored.Payload) && !TryTakeKeyAgain(row, redirection, ref stored))
                {
                    resolved = resolved with { Skipped = resolved.Skipped + 1 };
                    continue;
                }

                resolved = resolved with { Events = resolved.Events + 1 };
                _failed.Remove(row);
                Book(connection, line => line with { Failed = line.Failed - 1 });
                Resolved(stored, resolution);
                if (isReplayed && !IsSuppressed(stored.Payload))
                {
                    var dataset = redirection?.DatasetId ?? row.Event.Destination.DatasetId;
                    Redirected(stored, dataset);
                    Store(row.Event.Destination with { DatasetId = dataset }, [stored], chunkEvents: 1);
                }
                else if (resolution == Resolution.Expire)
                {
                    Book(connection, line => line with { Expired = line.Expired + 1 });
                }
                else
                {
                    Book(connection, line => line with { Discarded = line.Discarded + 1 });
                }
            }

            return ValueTask.FromResult(resolved);
        }
    }
}
