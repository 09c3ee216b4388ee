using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Stores deliveries: each becomes an event of a fresh chunk, unless it is a duplicate or its person was erased.
/// </summary>
internal class AppendOperation(
    IReadOnlyList<OutboxEntry> entries,
    Arrivals? arrivals,
    Suppressions suppressions,
    DateTimeOffset now
) : WriteOperation
{
    /// <summary>What an event without a delivery holds while it waits, roughly.</summary>
    private const int ArrivalBytes = 256;

    // Continuations run inline, on the pool thread that completes several callers in turn.
    private readonly TaskCompletionSource<AppendResult> _completion = new();
    private readonly bool[] _stored = new bool[entries.Count];
    private readonly ChunkPlace[] _places = new ChunkPlace[entries.Count];

    // Computed on the caller's thread, like the erased flags: the writer has the next commit to write. The flags are
    // computed again only if someone was erased meanwhile.
    private readonly DeduplicationKey[] _keys = [.. entries.Select(DeduplicationKey.Of)];
    private object _edition = suppressions.Edition;
    private bool[] _erased = FindErased(entries, suppressions, now);

    public Task<AppendResult> Completion => _completion.Task;

    /// <summary>What was stored, as far as it is applied.</summary>
    protected AppendResult Result => new(AppendStatus.Stored, _stored, TimeSpan.Zero) { Erased = _erased };

    public override long Bytes { get; } =
        entries.Count > 0
            ? entries.Sum(entry => (long)entry.Delivery.Payload.Length)
            : (arrivals?.Events.Count ?? 0) * (long)ArrivalBytes;

    public override void Apply(WriteTransaction transaction)
    {
        if (!ReferenceEquals(_edition, suppressions.Edition))
        {
            (_edition, _erased) = (suppressions.Edition, FindErased(entries, suppressions, transaction.Now));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var isErased = _erased.Length > 0 && _erased[i];
            _places[i] = isErased ? default : Append(transaction, entries[i], _keys[i]);
            _stored[i] = _places[i].Chunk is not null;
        }

        if (arrivals is not null)
        {
            transaction.Journal.Note(arrivals, _stored, _erased, _places, transaction.Now);
        }
    }

    public override void Succeed() => _completion.SetResult(Result);

    public override void Fail(Exception defect) => _completion.SetException(defect);

    /// <summary>Completes the caller: nothing was stored, and it may try again.</summary>
    public void Refuse(TimeSpan retryAfter) => _completion.SetResult(Unavailable(retryAfter));

    /// <summary>The result if nothing was stored.</summary>
    public static AppendResult Unavailable(TimeSpan retryAfter) => new(AppendStatus.Unavailable, [], retryAfter);

    /// <returns>Where it is stored; nowhere if it is a duplicate.</returns>
    private static ChunkPlace Append(WriteTransaction transaction, OutboxEntry entry, DeduplicationKey key)
    {
        var delivery = entry.Delivery;
        if (key.Exists)
        {
            if (
                IsKnownFromEarlierVersion(transaction, delivery)
                || !transaction.Keys.TryTake(key, transaction.Now, entry.DeduplicationWindow, out key)
            )
            {
                return default;
            }
        }

        transaction.Ledger.Accepted(entry.Connection, 1, delivery.Payload.Length);
        return transaction.Fresh.Add(
            new Destination(entry.Connection, entry.Api, delivery.DatasetId, delivery.UploadTag),
            new StoredEvent(delivery.Payload, delivery.ExpiresAt, key) { Trace = entry.Trace },
            entry.ChunkEvents,
            transaction.Now
        );
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
