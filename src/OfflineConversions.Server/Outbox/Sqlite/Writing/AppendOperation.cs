using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Stores deliveries: each becomes an event of a fresh chunk, unless it is a duplicate or its person was erased.
/// </summary>
internal sealed class AppendOperation(IReadOnlyList<OutboxEntry> entries, Suppressions suppressions, DateTimeOffset now)
    : WriteOperation
{
    // Continuations run inline, on the pool thread that completes several callers in turn.
    private readonly TaskCompletionSource<AppendResult> _completion = new();
    private readonly bool[] _stored = new bool[entries.Count];

    // Computed on the caller's thread, like the erased flags: the writer has the next commit to write. The flags are
    // computed again only if someone was erased meanwhile.
    private readonly DeduplicationKey[] _keys = [.. entries.Select(DeduplicationKey.Of)];
    private object _edition = suppressions.Edition;
    private bool[] _erased = FindErased(entries, suppressions, now);

    public Task<AppendResult> Completion => _completion.Task;

    public override long Bytes { get; } = entries.Sum(entry => (long)entry.Delivery.Payload.Length);

    public override void Apply(WriteTransaction transaction)
    {
        if (!ReferenceEquals(_edition, suppressions.Edition))
        {
            (_edition, _erased) = (suppressions.Edition, FindErased(entries, suppressions, transaction.Now));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            _stored[i] = !(_erased.Length > 0 && _erased[i]) && TryAppend(transaction, entries[i], _keys[i]);
        }
    }

    public override void Succeed() =>
        _completion.SetResult(new AppendResult(AppendStatus.Stored, _stored, TimeSpan.Zero) { Erased = _erased });

    public override void Fail(Exception defect) => _completion.SetException(defect);

    /// <summary>Completes the caller: nothing was stored, and it may try again.</summary>
    public void Refuse(TimeSpan retryAfter) => _completion.SetResult(Unavailable(retryAfter));

    /// <summary>The result if nothing was stored.</summary>
    public static AppendResult Unavailable(TimeSpan retryAfter) => new(AppendStatus.Unavailable, [], retryAfter);

    private static bool TryAppend(WriteTransaction transaction, OutboxEntry entry, DeduplicationKey key)
    {
        var delivery = entry.Delivery;
        if (key.Exists)
        {
            if (
                IsKnownFromEarlierVersion(transaction, delivery)
                || !transaction.Keys.TryTake(key, transaction.Now, entry.DeduplicationWindow, out key)
            )
            {
                return false;
            }
        }

        transaction.Fresh.Add(
            new Destination(entry.Connection, entry.Api, delivery.DatasetId, delivery.UploadTag),
            new StoredEvent(delivery.Payload, delivery.ExpiresAt, key),
            entry.ChunkEvents,
            transaction.Now
        );
        transaction.Ledger.Accepted(entry.Connection, 1, delivery.Payload.Length);
        return true;
    }

    /// <summary>The second digest is computed only as long as earlier versions' keys last.</summary>
    private static bool IsKnownFromEarlierVersion(WriteTransaction transaction, EventDelivery delivery) =>
        transaction.Keys.AnyOfEveryConnection(transaction.Now)
        && transaction.Keys.IsTaken(
            DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, delivery.EventId),
            transaction.Now
        );

    private static bool[] FindErased(
        IReadOnlyList<OutboxEntry> entries,
        Suppressions suppressions,
        DateTimeOffset now
    ) => suppressions.Any ? [.. entries.Select(entry => suppressions.Contain(entry.Delivery.Payload.Span, now))] : [];
}
