using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Removes events from the failed list.</summary>
internal static class FailedResolution
{
    /// <summary>
    /// The outbox has no access to a connection's batch size; delivery splits a chunk that exceeds it.
    /// </summary>
    private const int MostReplayed = 1000;

    /// <summary>Resolves selected events between two numbers, at most so many.</summary>
    public static ResolvedSlice Resolve(
        WriteTransaction transaction,
        FailedSelection selection,
        Resolution resolution,
        FailedSlice slice,
        Redirection? redirection = null
    ) => Resolve(transaction, selection, new Resolving(resolution, StateAfter(resolution), redirection), slice);

    /// <summary>Removes selected events of an erased person.</summary>
    public static ResolvedSlice Erase(WriteTransaction transaction, FailedSelection selection, FailedSlice slice) =>
        Resolve(transaction, selection, new Resolving(Resolution.Discard, DeliveryState.Erased), slice);

    private static ResolvedSlice Resolve(
        WriteTransaction transaction,
        FailedSelection selection,
        Resolving resolving,
        FailedSlice slice
    )
    {
        var rows = transaction.Failed.Find(selection, slice);
        var outcomes = rows.ConvertAll(row => Resolve(transaction, row, resolving));
        return new ResolvedSlice(
            rows.Count > 0 ? rows[^1].Id : slice.Last,
            outcomes.Count(outcome => outcome == Outcome.Resolved),
            outcomes.Count(outcome => outcome == Outcome.KeyTaken)
        );
    }

    /// <summary>Removes events that failed before a time, the oldest first, at most so many.</summary>
    public static void Expire(WriteTransaction transaction, DateTimeOffset before, int most) =>
        transaction
            .Failed.Before(before, most)
            .ForEach(row => Resolve(transaction, row, new Resolving(Resolution.Expire, DeliveryState.Expired)));

    private static Outcome Resolve(WriteTransaction transaction, FailedRow row, Resolving resolving)
    {
        var (resolution, state, redirection) = resolving;
        var stored = default(StoredEvent);
        if (resolution == Resolution.Replay)
        {
            var content = row.Content.Read(transaction.Encryption, row.Destination);
            if (!content.IsReadable)
            {
                return Outcome.Unreadable;
            }

            stored = content.Events[0];
            if (transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now))
            {
                (resolution, state) = (Resolution.Discard, DeliveryState.Erased);
            }
            else if (
                redirection?.KeyOf(stored, row.Destination.Value!, row.FailedAt) is { IsKnown: true } redirected
                    ? !RedirectedKeys.TryTake(transaction, ref stored, redirected, row.FailedAt)
                    : !TryTakeKey(transaction, row, ref stored)
            )
            {
                return Outcome.KeyTaken;
            }
        }

        transaction.Failed.Delete(row.Id);
        transaction.Ledger.Resolved(row.Destination.Connection, resolution, stored.Payload.Length);
        var destination = row.Destination.Value!;
        var place =
            resolution == Resolution.Replay
                ? transaction.Fresh.Add(
                    redirection is null ? destination : destination with { DatasetId = redirection.DatasetId },
                    stored,
                    MostReplayed,
                    transaction.Now
                )
                : default;
        transaction.Journal.Resolved(row.Id, state, place, redirection?.DatasetId);
        return Outcome.Resolved;
    }

    private static DeliveryState StateAfter(Resolution resolution) =>
        resolution switch
        {
            Resolution.Replay => DeliveryState.Pending,
            Resolution.Discard => DeliveryState.Discarded,
            _ => DeliveryState.Expired,
        };

    /// <summary>
    /// Takes the event's key for what was left of its window when it failed, so its time on the list does not count. A
    /// key of an earlier version was never released.
    /// </summary>
    private static bool TryTakeKey(WriteTransaction transaction, FailedRow row, ref StoredEvent stored)
    {
        var (key, now) = (stored.Key, transaction.Now);
        if (!key.HasEnd)
        {
            return true;
        }

        if (transaction.Keys.IsTaken(key, now))
        {
            return false;
        }

        if (key.End > row.FailedAt && transaction.Keys.TryTake(key, now, key.End - row.FailedAt, out var taken))
        {
            stored = stored with { Key = taken };
        }

        return true;
    }

    /// <param name="Resolution">How an event leaves the list.</param>
    /// <param name="State">What the journal says of it afterwards.</param>
    /// <param name="Redirection">To which dataset it is replayed; <see langword="null"/> for its own.</param>
    private readonly record struct Resolving(
        Resolution Resolution,
        DeliveryState State,
        Redirection? Redirection = null
    );

    /// <summary>Every outcome but the first leaves the event on the list.</summary>
    private enum Outcome
    {
        Resolved,

        /// <summary>It cannot be read and so cannot be sent again.</summary>
        Unreadable,

        /// <summary>Another copy was accepted since it failed.</summary>
        KeyTaken,
    }
}

/// <summary>A part of the failed list.</summary>
/// <param name="After">The number before its first event.</param>
/// <param name="Last">The number of its last event.</param>
/// <param name="Most">The most events to take.</param>
internal readonly record struct FailedSlice(long After, long Last, int Most);

/// <summary>A resolved part of the failed list.</summary>
/// <param name="Last">The number up to which the list was resolved.</param>
/// <param name="Events">The number of removed events.</param>
/// <param name="Skipped">The number of events that were not replayed, because another copy has their key.</param>
internal readonly record struct ResolvedSlice(long Last, int Events, int Skipped);
