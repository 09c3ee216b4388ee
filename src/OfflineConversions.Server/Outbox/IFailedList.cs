namespace OfflineConversions.Server.Outbox;

/// <summary>The events that Meta refused or that expired, for the operator.</summary>
internal interface IFailedList
{
    /// <summary>One page of the list, newest first.</summary>
    ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken);

    /// <summary>The number of selected events.</summary>
    ValueTask<long> CountFailedAsync(FailedSelection selection, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the selected events from the list; events that fail in the meantime stay. A long list takes several
    /// transactions, each of which keeps the ledger balanced. A replayed event takes its deduplication key again; if
    /// another copy has the key meanwhile, the event is skipped: it stays on the list. A resolution that
    /// has begun is not cancelled.
    /// </summary>
    /// <returns>How many events left the list, and how many were skipped.</returns>
    ValueTask<ResolvedEvents> ResolveFailedAsync(
        FailedSelection selection,
        Resolution resolution,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Replays the selected events to another dataset. Each takes the deduplication key that it would have had there;
    /// if another copy has the key, the event is skipped.
    /// </summary>
    /// <inheritdoc cref="ResolveFailedAsync" path="/returns"/>
    ValueTask<ResolvedEvents> ReplayFailedAsync(
        FailedSelection selection,
        Redirection redirection,
        CancellationToken cancellationToken
    );

    /// <summary>The selected events grouped by their cause, the cause that occurred last first.</summary>
    ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    );
}

/// <summary>Selects the events of the failed list that meet every given condition.</summary>
/// <param name="Connection">The connection's name.</param>
internal record FailedSelection(string? Connection = null)
{
    /// <summary>The reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>Failed at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Failed before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The events' numbers on the list.</summary>
    public IReadOnlyList<long>? Ids { get; init; }
}

/// <summary>One page of the failed list.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Limit">The most events to return.</param>
internal sealed record FailedQuery(string? Connection = null, int Limit = 100) : FailedSelection(Connection)
{
    /// <summary>The page after the event with this number; <see langword="null"/> asks for the first page.</summary>
    public long? Before { get; init; }

    /// <summary>The page ends after the event with which its payloads reach this size. Default: no limit.</summary>
    public long MostBytes { get; init; } = long.MaxValue;
}

/// <summary>How an event leaves the failed list.</summary>
internal enum Resolution
{
    /// <summary>It waits for delivery again, byte for byte, as if it had never been tried.</summary>
    Replay,

    /// <summary>An operator gave it up.</summary>
    Discard,

    /// <summary>It was on the list for as long as the list keeps events.</summary>
    Expire,
}

/// <summary>What became of events that were selected to leave the failed list.</summary>
/// <param name="Events">Those that left it.</param>
/// <param name="Skipped">
/// Those that were not replayed, because another copy of them was accepted after they had failed. They stay on the
/// list.
/// </param>
internal readonly record struct ResolvedEvents(long Events, long Skipped = 0);

/// <summary>One event of the failed list, hashed as it was sent.</summary>
internal sealed record FailedEvent(
    long Id,
    Destination Destination,
    DateTimeOffset FailedAt,
    int Attempts,
    Burial Burial,
    ReadOnlyMemory<byte> Payload
);

/// <summary>The events of one dataset that failed for the same reason.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Code">Meta's error code.</param>
/// <param name="Subcode">Meta's error subcode.</param>
/// <param name="Title">What the codes mean, in the service's own words.</param>
/// <param name="Events">How many.</param>
/// <param name="FirstAt">When the first of them failed.</param>
/// <param name="LastAt">When the last of them failed.</param>
internal sealed record FailedCause(
    string Connection,
    string DatasetId,
    string Reason,
    int? Code,
    int? Subcode,
    string? Title,
    long Events,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt
);
