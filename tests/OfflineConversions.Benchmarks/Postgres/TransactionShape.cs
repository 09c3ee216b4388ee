using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>What one transaction of the service writes on average: what the floor has to write as well.</summary>
/// <param name="Events">Its events.</param>
/// <param name="ContentBytes">The compressed body of its chunk.</param>
/// <param name="JournalBytes">The journal's row besides eight bytes for each event id and order id.</param>
/// <param name="Counts">The counts that it notes in the journal.</param>
internal sealed record TransactionShape(int Events, int ContentBytes, int JournalBytes, int Counts)
{
    /// <summary>Reads it from what a replica has stored since a number of the journal.</summary>
    public static async Task<TransactionShape> ReadAsync(OutboxOptions outbox, long since)
    {
        var read = await PrivateServer.AskAsync(
            outbox.ConnectionString!.Reveal(),
            $"""
            SELECT round(sum(events) / count(*))::bigint,
                (SELECT round(sum(octet_length(content)) / sum(w.events) * 1000)::bigint
                    FROM offlineconversions.bodies JOIN offlineconversions.work AS w USING (slot, id)),
                round(avg(octet_length(content)))::bigint,
                (SELECT count(DISTINCT (kind, name)) FROM (
                    SELECT kind, name FROM offlineconversions.journal_counts
                    UNION ALL SELECT kind, name FROM offlineconversions.journal_count_deltas) AS counted)
            FROM offlineconversions.journal WHERE id > {since}
            """
        );
        return new TransactionShape((int)read[0], (int)(read[0] * read[1] / 1000), (int)read[2], (int)read[3]);
    }

    /// <summary>The last number of the journal.</summary>
    public static async Task<long> LastAsync(OutboxOptions outbox) =>
        (
            await PrivateServer.AskAsync(
                outbox.ConnectionString!.Reveal(),
                "SELECT coalesce(max(id), 0) FROM offlineconversions.journal"
            )
        )[0];
}
