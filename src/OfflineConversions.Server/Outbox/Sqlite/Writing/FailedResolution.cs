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
        FailedSlice slice
    )
    {
        var rows = transaction.Failed.Find(selection, slice);
        var resolved = rows.Count(row => TryResolve(transaction, row, resolution));
        return new ResolvedSlice(rows.Count > 0 ? rows[^1].Id : slice.Last, resolved);
    }

    /// <summary>Removes events that failed before a time, the oldest first, at most so many.</summary>
    public static void Expire(WriteTransaction transaction, DateTimeOffset before, int most) =>
        transaction.Failed.Before(before, most).ForEach(row => TryResolve(transaction, row, Resolution.Expire));

    /// <summary>False for an event that cannot be read and so cannot be sent again: it stays on the list.</summary>
    private static bool TryResolve(WriteTransaction transaction, FailedRow row, Resolution resolution)
    {
        var stored = default(StoredEvent);
        if (resolution == Resolution.Replay)
        {
            var content = row.Content.Read(transaction.Encryption, row.Destination.DatasetId);
            if (!content.IsReadable)
            {
                return false;
            }

            stored = content.Events[0];
            if (transaction.Suppressions.Contain(stored.Payload.Span, transaction.Now))
            {
                resolution = Resolution.Discard;
            }
        }

        transaction.Failed.Delete(row.Id);
        transaction.Ledger.Resolved(row.Destination.Connection, resolution, stored.Payload.Length);
        if (resolution == Resolution.Replay)
        {
            transaction.Fresh.Add(row.Destination, stored, MostReplayed, transaction.Now);
        }

        return true;
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
internal readonly record struct ResolvedSlice(long Last, int Events);
