namespace OfflineConversions.Server.Outbox;

/// <summary>
/// What one transaction changes in the ledger of each connection. Each store writes it in its own way, in the
/// transaction that it counts, so that after any crash accepted = delivered + waiting + failed + discarded + expired.
/// </summary>
internal abstract class LedgerChanges
{
    private readonly Dictionary<string, LedgerChange> _changes = new(StringComparer.Ordinal);

    /// <summary>The changes, by connection.</summary>
    protected IReadOnlyDictionary<string, LedgerChange> Changes => _changes;

    /// <summary>Events were stored.</summary>
    public void Accepted(string connection, int events, long bytes)
    {
        var change = Of(connection);
        change.Accepted += events;
        change.WaitingEvents += events;
        change.WaitingBytes += bytes;
    }

    /// <summary>Events no longer wait.</summary>
    public void Left(string connection, int delivered, int failed, int discarded, long bytes, DateTimeOffset now)
    {
        var change = Of(connection);
        change.Delivered += delivered;
        change.DeliveredAt = delivered > 0 ? now.ToUnixTimeMilliseconds() : change.DeliveredAt;
        change.Failed += failed;
        change.Discarded += discarded;
        change.WaitingEvents -= delivered + failed + discarded;
        change.WaitingBytes -= bytes;
    }

    /// <summary>One event left the failed list.</summary>
    public void Resolved(string connection, Resolution resolution, long bytes)
    {
        var change = Of(connection);
        change.Failed--;
        switch (resolution)
        {
            case Resolution.Replay:
                change.WaitingEvents++;
                change.WaitingBytes += bytes;
                break;
            case Resolution.Discard:
                change.Discarded++;
                break;
            default:
                change.Expired++;
                break;
        }
    }

    /// <summary>They are written, or after a rollback nothing was changed.</summary>
    public void Forget() => _changes.Clear();

    private LedgerChange Of(string connection)
    {
        if (!_changes.TryGetValue(connection, out var change))
        {
            _changes.Add(connection, change = new LedgerChange());
        }

        return change;
    }

    /// <summary>What is added to each account.</summary>
    protected sealed class LedgerChange
    {
        public long Accepted { get; set; }

        public long Delivered { get; set; }

        public long Failed { get; set; }

        public long WaitingEvents { get; set; }

        public long WaitingBytes { get; set; }

        public long Discarded { get; set; }

        public long Expired { get; set; }

        /// <summary>The last delivery, in Unix milliseconds.</summary>
        public long DeliveredAt { get; set; }
    }
}
