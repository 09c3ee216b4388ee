using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>The failed list of a SQLite outbox.</summary>
internal sealed class SqliteFailedList(OperatorReader reader, WriteQueue queue, DatabaseFile file) : IFailedList
{
    /// <summary>A long replay lets others write in between.</summary>
    private const int ResolvedAtOnce = 500;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        file.NoteDamageOf(reader.FailedAsync(query, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        (await file.NoteDamageOf(reader.CountFailedAsync(selection, cancellationToken))).Events;

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    ) => ResolveAsync(selection, resolution, redirection: null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => ResolveAsync(selection, Resolution.Replay, redirection, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) => file.NoteDamageOf(reader.FailedCausesAsync(selection, cancellationToken));

    private async ValueTask<ResolvedEvents> ResolveAsync(
        FailedSelection selection,
        Resolution resolution,
        Redirection? redirection,
        CancellationToken cancellationToken
    )
    {
        // Not cancelled between two slices: what the operator asked for is done whole or not at all.
        // An event that fails again after its replay gets a higher number, so this ends.
        var last = (await file.NoteDamageOf(reader.CountFailedAsync(selection, cancellationToken))).Last;
        var resolved = new ResolvedEvents();
        var after = 0L;
        while (after < last)
        {
            var slice = new FailedSlice(after, last, ResolvedAtOnce);
            var done = await queue.ChangeAsync(transaction =>
                FailedResolution.Resolve(transaction, selection, resolution, slice, redirection)
            );
            after = done.Last;
            resolved = new ResolvedEvents(resolved.Events + done.Events, resolved.Skipped + done.Skipped);
        }

        return resolved;
    }
}
