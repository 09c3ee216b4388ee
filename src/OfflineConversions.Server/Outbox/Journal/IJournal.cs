using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// What became of each event: durable, and written by the commit that stores or settles the events, so that it agrees
/// with them after any crash. It is kept for as long and as large as configured. Damage in it never stops events: what
/// cannot be read is missing here.
/// </summary>
internal interface IJournal
{
    /// <summary>Every arrival of an event, or of the events of an order, newest first.</summary>
    ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken);

    /// <summary>One page of the events that were ignored or rejected or have a warning, newest first.</summary>
    ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken);

    /// <summary>The roll-ups, by hour.</summary>
    ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken);
}

/// <summary>What to find.</summary>
/// <param name="IsOrder">Whether the digest is that of an order's id, not of an event's.</param>
/// <param name="Digest">The digest.</param>
/// <param name="Limit">The most arrivals to return.</param>
internal readonly record struct JournalSearch(bool IsOrder, ulong Digest, int Limit = 100);

/// <summary>What was found.</summary>
/// <param name="Arrivals">The arrivals, newest first; empty if nothing is known.</param>
/// <param name="KnownSince">Since when the journal knows every arrival.</param>
internal sealed record JournalFinding(IReadOnlyList<JournalArrival> Arrivals, DateTimeOffset KnownSince);

/// <summary>One arrival of a source event.</summary>
/// <param name="Digest">The digest of its id; zero if it has none.</param>
/// <param name="EventId">Its id, where the journal keeps it in clear text.</param>
/// <param name="ReceivedAt">When it was stored.</param>
/// <param name="Event">What arrived, and its outcome.</param>
/// <param name="Deliveries">What became of each delivery; empty unless it was accepted.</param>
internal sealed record JournalArrival(
    ulong Digest,
    string? EventId,
    DateTimeOffset ReceivedAt,
    JournalKind Event,
    IReadOnlyList<JournalDelivery> Deliveries
);

/// <summary>What became of one delivery.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="EventName">The name of the event there.</param>
/// <param name="State">Its state now.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
/// <param name="At">When it came into this state, if that is known.</param>
/// <param name="NextAttemptAt">When it is due, if it is pending.</param>
/// <param name="Reason">Why it failed, also if it has left the failed list since.</param>
/// <param name="Answer">Meta's last answer to it, if that is known.</param>
internal sealed record JournalDelivery(
    string DatasetId,
    string EventName,
    DeliveryState State,
    int Attempts,
    DateTimeOffset? At = null,
    DateTimeOffset? NextAttemptAt = null,
    string? Reason = null,
    MetaAnswer? Answer = null
);

/// <summary>The state of a delivery. Stored; a value never changes its meaning.</summary>
internal enum DeliveryState : byte
{
    /// <summary>It waits to be sent, or to be sent again.</summary>
    Pending = 0,

    /// <summary>Meta accepted it.</summary>
    Delivered = 1,

    /// <summary>It is on the failed list.</summary>
    Failed = 2,

    /// <summary>An operator gave it up, or it was lost to a damaged file.</summary>
    Discarded = 3,

    /// <summary>The failed list no longer keeps it.</summary>
    Expired = 4,

    /// <summary>Its person was erased.</summary>
    Erased = 5,
}

/// <summary>What Meta said about a delivery.</summary>
/// <param name="Code">Its error code.</param>
/// <param name="Subcode">Its error subcode.</param>
/// <param name="Title">What the codes mean, in the service's own words.</param>
/// <param name="TraceId">Its <c>fbtrace_id</c>.</param>
/// <param name="Field">The path of the field that the error names.</param>
internal sealed record MetaAnswer(
    int? Code,
    int? Subcode = null,
    string? Title = null,
    string? TraceId = null,
    string? Field = null
);

/// <summary>Selects events that were ignored or rejected or have a warning.</summary>
/// <param name="Limit">The most to return.</param>
internal sealed record OutcomeQuery(int Limit = 100)
{
    public string? Connection { get; init; }

    public Outcome? Outcome { get; init; }

    /// <summary>The reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>A warning that the event has.</summary>
    public string? Warning { get; init; }

    /// <summary>The name that the source gave the event.</summary>
    public string? EventName { get; init; }

    /// <summary>Received at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Received before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The page after the event with this number; <see langword="null"/> asks for the first page.</summary>
    public long? Before { get; init; }

    /// <summary>Whether events like this one are selected.</summary>
    public bool Selects(JournalKind kind) =>
        (kind.Outcome != OfflineConversions.Conversions.Outcome.Accepted || kind.Warnings.Count > 0)
        && (Connection is null || kind.Connection == Connection)
        && (Outcome is null || kind.Outcome == Outcome)
        && (Reason is null || kind.Reason == Reason)
        && (EventName is null || kind.EventName == EventName)
        && (Warning is null || kind.Warnings.Contains(Warning, StringComparer.Ordinal));
}

/// <summary>A page of outcomes.</summary>
/// <param name="Items">The events, newest first.</param>
/// <param name="Next">Where the next page begins; <see langword="null"/> if this is the last.</param>
internal sealed record OutcomePage(IReadOnlyList<JournalOutcome> Items, long? Next);

/// <summary>An event that was ignored or rejected or has a warning.</summary>
/// <param name="Number">Its number in the journal.</param>
/// <param name="At">When it was received.</param>
/// <param name="EventId">Its id, unless it has none, looks like personal data, or was removed by an erasure.</param>
/// <param name="Event">What arrived, and its outcome.</param>
internal sealed record JournalOutcome(long Number, DateTimeOffset At, string? EventId, JournalKind Event);
