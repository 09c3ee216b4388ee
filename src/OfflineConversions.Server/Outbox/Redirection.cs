namespace OfflineConversions.Server.Outbox;

/// <summary>The dataset to which events of a connection go instead of the one that they were accepted for.</summary>
/// <param name="DatasetId">The new dataset.</param>
/// <param name="DeduplicationGroup">The connection's group; <see langword="null"/> if it has none.</param>
/// <param name="DeduplicationWindow">
/// The connection's window. It counts only for keys of earlier versions, which do not name their end.
/// </param>
internal sealed record Redirection(string DatasetId, string? DeduplicationGroup, TimeSpan DeduplicationWindow)
{
    /// <summary>The key that an event would have, had it been accepted for the new dataset.</summary>
    /// <param name="stored">The event.</param>
    /// <param name="from">Where it was to go. The same with the new dataset is where it goes now.</param>
    /// <param name="storedAt">When it was stored.</param>
    public RedirectedKey KeyOf(StoredEvent stored, Destination from, DateTimeOffset storedAt)
    {
        if (!stored.Key.Exists || stored.ReadEvent() is not ({ } name, { } id))
        {
            return RedirectedKey.Unknown;
        }

        var (scope, owner) = stored.Key.Scope switch
        {
            DeduplicationScope.EveryConnection when DeduplicationGroup is null => (
                DeduplicationScope.Connection,
                from.Connection
            ),
            DeduplicationScope.Connection => (DeduplicationScope.Connection, from.Connection),
            _ => (DeduplicationScope.Group, DeduplicationGroup ?? ""),
        };
        var isOlder = stored.Key.Scope == DeduplicationScope.EveryConnection;
        var before = isOlder
            ? DeduplicationKey.OfEveryConnection(from.DatasetId, name, id)
            : DeduplicationKey.Of(scope, owner, from.DatasetId, name, id);
        if (isOlder ? before != stored.Key : before.Digest != stored.Key.Digest)
        {
            return RedirectedKey.Unknown; // Its group has changed since.
        }

        return new RedirectedKey(
            DeduplicationKey
                .Of(scope, owner, DatasetId, name, id)
                .EndingAt(isOlder ? storedAt + DeduplicationWindow : stored.Key.End),
            DeduplicationKey.OfEveryConnection(DatasetId, name, id)
        );
    }
}

/// <summary>The deduplication key of an event at its new dataset.</summary>
/// <param name="Key">The key with its end.</param>
/// <param name="Older">The key that an earlier version gave the same event there.</param>
internal readonly record struct RedirectedKey(DeduplicationKey Key, DeduplicationKey Older)
{
    /// <summary>
    /// The event has no key, or its payload does not say which: the offline-events shape has no event id. The event
    /// keeps the key that it has.
    /// </summary>
    public static RedirectedKey Unknown => default;

    /// <summary>Whether the key is known.</summary>
    public bool IsKnown => Key.Exists;
}
