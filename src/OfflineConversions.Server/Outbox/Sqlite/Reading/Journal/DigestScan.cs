using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>
/// Finds a digest by comparing it with all of them, the newest first. Eight bytes per event are read for that, and
/// compared several at a time: an index would cost each commit more than a search costs.
/// </summary>
internal sealed class DigestScan(ReadConnection reader)
{
    private readonly Statement _eventIds = reader.Prepare("SELECT id, event_ids FROM journal ORDER BY id DESC");
    private readonly Statement _orderIds = reader.Prepare("SELECT id, order_ids FROM journal ORDER BY id DESC");
    private readonly Statement _freshEventIds = reader.Prepare(
        "SELECT id, event_ids FROM journal_fresh ORDER BY id DESC"
    );
    private readonly Statement _freshOrderIds = reader.Prepare(
        "SELECT id, order_ids FROM journal_fresh ORDER BY id DESC"
    );

    /// <summary>The arrivals with a digest, newest first.</summary>
    public List<FoundDigest> Find(JournalSearch search, CancellationToken cancellationToken)
    {
        var found = new List<FoundDigest>();
        if (search.Digest != 0)
        {
            Scan(search.IsOrder ? _freshOrderIds : _freshEventIds, isFresh: true, search, found, cancellationToken);
            Scan(search.IsOrder ? _orderIds : _eventIds, isFresh: false, search, found, cancellationToken);
        }

        found.Sort((left, right) => right.Number.CompareTo(left.Number));
        return found[..Math.Min(found.Count, search.Limit)];
    }

    private static void Scan(
        Statement rows,
        bool isFresh,
        JournalSearch search,
        List<FoundDigest> found,
        CancellationToken cancellationToken
    )
    {
        var most = found.Count + search.Limit;
        while (found.Count < most && rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = new BlockRow(rows.Integer(0), isFresh);
            var digests = JournalFormat.Digests(rows.Span(1));
            var end = digests.Length;
            while (digests[..end].LastIndexOf(search.Digest) is >= 0 and var place)
            {
                found.Add(new FoundDigest(row, place));
                end = place;
            }
        }

        rows.Reset();
    }
}

/// <summary>The row of a block.</summary>
/// <param name="Id">The number of its first arrival.</param>
/// <param name="IsFresh">Whether it is among the latest.</param>
internal readonly record struct BlockRow(long Id, bool IsFresh);

/// <summary>An arrival whose digest was found.</summary>
/// <param name="Row">The row of its block.</param>
/// <param name="Place">Its place in the block.</param>
internal readonly record struct FoundDigest(BlockRow Row, int Place)
{
    /// <summary>Its number in the journal.</summary>
    public long Number => Row.Id + Place;
}
