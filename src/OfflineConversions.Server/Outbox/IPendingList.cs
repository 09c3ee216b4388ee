using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The events that wait for delivery, for the operator: a list, and what to do about a dataset whose events cannot be
/// sent. Events in flight stay where they are, whatever is asked for.
/// </summary>
internal interface IPendingList
{
    /// <summary>One page of the list, newest first. A damaged chunk shows its events as unreadable.</summary>
    ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken);

    /// <summary>How many events of a dataset wait, and how many of them are in flight.</summary>
    ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken);

    /// <summary>
    /// Moves the events of a dataset to another one, byte for byte, due now and as if never tried. Each takes the
    /// deduplication key that it would have had there, with the same end, and releases the old one. An event that was
    /// accepted there already is dropped as a duplicate, and counts as discarded. A large dataset takes several
    /// transactions, each of which leaves every event in exactly one place and the ledger balanced. If nothing waits in
    /// the dataset afterwards, its halt ends.
    /// </summary>
    /// <remarks>
    /// Events that arrive meanwhile stay. A call that has begun is not cancelled: the token is checked only before it.
    /// </remarks>
    ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Gives up the events of a dataset and releases their deduplication keys. They count as discarded. If nothing
    /// waits in the dataset afterwards, its halt ends.
    /// </summary>
    /// <inheritdoc cref="RedirectAsync" path="/remarks"/>
    ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken);
}

/// <summary>The waiting events of one dataset of a connection.</summary>
internal readonly record struct PendingScope(string Connection, string DatasetId);

/// <summary>One page of the waiting events that meet every given condition.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="DatasetId">The dataset.</param>
/// <param name="EventId">
/// The event id. Payloads have to be read for it, so a page may end before it has found anything.
/// </param>
/// <param name="Limit">The most events to return.</param>
internal sealed record PendingQuery(
    string? Connection = null,
    string? DatasetId = null,
    string? EventId = null,
    int Limit = 100
)
{
    /// <summary>The page after this event; <see langword="null"/> asks for the first page.</summary>
    public PendingPosition? After { get; init; }

    /// <summary>The page ends after the event with which its payloads reach this size. Default: no limit.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>The page ends after about so many bytes of payloads were read. Default: no limit.</summary>
    public long MostReadBytes { get; init; } = long.MaxValue;
}

/// <summary>A page of waiting events.</summary>
/// <param name="Events">The events, newest first.</param>
/// <param name="Next">Where the next page begins; <see langword="null"/> if this is the last.</param>
internal sealed record PendingPage(IReadOnlyList<PendingEvent> Events, PendingPosition? Next);

/// <summary>One event that waits, hashed as it will be sent.</summary>
/// <param name="Position">Its place in the list.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="AcceptedAt">When it was stored.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="NextAttemptAt">When it is due.</param>
/// <param name="IsInFlight">Whether it is being sent.</param>
/// <param name="Event">Its name and id, as far as the payload has them.</param>
/// <param name="Payload">The payload; <see langword="null"/> if it is damaged or cannot be decrypted.</param>
internal sealed record PendingEvent(
    PendingPosition Position,
    Destination Destination,
    DateTimeOffset AcceptedAt,
    int Attempts,
    DateTimeOffset NextAttemptAt,
    bool IsInFlight,
    PayloadEvent Event,
    ReadOnlyMemory<byte>? Payload
);

/// <summary>How many events of a dataset wait.</summary>
/// <param name="Events">Those that are not in flight.</param>
/// <param name="InFlight">Those that are in flight.</param>
internal readonly record struct PendingCount(long Events, long InFlight);

/// <summary>What became of the waiting events of a dataset.</summary>
/// <param name="Events">Those that were moved or discarded.</param>
/// <param name="InFlight">Those that were in flight and stay.</param>
internal readonly record struct ChangedPending(long Events, long InFlight)
{
    /// <summary>Those that were dropped, because the new dataset has them already.</summary>
    public long Duplicates { get; init; }

    /// <summary>Whether nothing waits in the dataset any more.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The events of both. Whether the dataset is empty is found out at the end.</summary>
    public static ChangedPending operator +(ChangedPending some, ChangedPending others) =>
        new(some.Events + others.Events, some.InFlight + others.InFlight)
        {
            Duplicates = some.Duplicates + others.Duplicates,
        };
}
