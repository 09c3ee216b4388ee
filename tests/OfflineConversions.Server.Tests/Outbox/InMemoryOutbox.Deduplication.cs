using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The deduplication keys.</summary>
internal sealed partial class InMemoryOutbox
{
    private readonly Dictionary<UInt128, DeduplicationKey> _keys = [];
    private readonly Dictionary<DeduplicationKey, DateTimeOffset> _keysOfEveryConnection = [];

    /// <summary>Has a key as an earlier version took it.</summary>
    public void TakeKeyOfEveryConnection(EventDelivery delivery, DateTimeOffset end) =>
        _keysOfEveryConnection[
            DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, delivery.EventId)
        ] = end;

    /// <summary>The event with the key that it took; null if it is a repeat.</summary>
    private StoredEvent? TryTakeKey(OutboxEntry entry)
    {
        var (delivery, key) = (entry.Delivery, DeduplicationKey.Of(entry));
        if (key.Exists)
        {
            var older = DeduplicationKey.OfEveryConnection(delivery.DatasetId, delivery.EventName, delivery.EventId);
            if (IsTaken(key) || (_keysOfEveryConnection.TryGetValue(older, out var end) && end > Now))
            {
                return null;
            }

            key = _keys[key.Digest] = key.EndingAt(Now + entry.DeduplicationWindow);
        }

        return new StoredEvent(delivery.Payload.ToArray(), delivery.ExpiresAt, key) { Trace = entry.Trace };
    }

    private bool IsTaken(DeduplicationKey key) => _keys.TryGetValue(key.Digest, out var taken) && taken.End > Now;

    /// <summary>Releases the key that an event took, unless another has it by now.</summary>
    private void Release(DeduplicationKey key) =>
        _ = _keys.TryGetValue(key.Digest, out var taken) && taken == key && _keys.Remove(key.Digest);

    /// <summary>Takes the key of a failed event for what was left of its window when it failed.</summary>
    private bool TryTakeKeyAgain(FailedRow row, Redirection? redirection, ref StoredEvent stored)
    {
        var (key, failedAt) = (stored.Key, row.Event.FailedAt);
        if (redirection?.KeyOf(stored, row.Event.Destination, failedAt) is { IsKnown: true } redirected)
        {
            if (TryTakeKeyElsewhere(redirected, failedAt) is not { } taken)
            {
                return false;
            }

            stored = stored with { Key = taken };
            return true;
        }

        if (!key.HasEnd)
        {
            return true;
        }

        if (IsTaken(key))
        {
            return false;
        }

        if (key.End > failedAt)
        {
            key = _keys[key.Digest] = key.EndingAt(Now + (key.End - failedAt));
            stored = stored with { Key = key };
        }

        return true;
    }
}
