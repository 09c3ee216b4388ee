using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>The failed list of a PostgreSQL outbox.</summary>
internal sealed class PostgresFailedList(OperatorReader reader, WriterParts parts) : IFailedList
{
    /// <summary>A long replay lets others write in between.</summary>
    private const int ResolvedAtOnce = 500;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) =>
        reader.FailedAsync(query, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken) =>
        (await reader.CountFailedAsync(selection, cancellationToken)).Events;

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
    ) => reader.FailedCausesAsync(selection, cancellationToken);

    private async ValueTask<ResolvedEvents> ResolveAsync(
        FailedSelection selection,
        Resolution resolution,
        Redirection? redirection,
        CancellationToken cancellationToken
    )
    {
        // An event that fails again after its replay gets a higher number, so this ends.
        var last = (await reader.CountFailedAsync(selection, cancellationToken)).Last;
        var resolved = new ResolvedEvents();
        var after = 0L;
        while (after < last)
        {
            var slice = new FailedSlice(after, last, ResolvedAtOnce);
            var done = await WriteTransaction.RunAsync(parts, transaction =>
                FailedResolution.ResolveAsync(transaction, selection, resolution, slice, redirection)
            );
            after = done.Last;
            resolved = new ResolvedEvents(resolved.Events + done.Events, resolved.Skipped + done.Skipped);
        }

        return resolved;
    }
}
