using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Received;

/// <summary>An event the sandbox took.</summary>
internal sealed record ReceivedEvent
{
    /// <summary>Counts the events taken since the last clearing, from 1.</summary>
    public long Number { get; init; }

    /// <summary>The number of the request that brought it.</summary>
    public required long RequestId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string Dataset { get; init; }

    /// <summary>The Graph version of the address, such as <c>v26.0</c>.</summary>
    public required string Version { get; init; }

    public required EventShape Api { get; init; }

    public string? UploadTag { get; init; }

    public string? TestEventCode { get; init; }

    public required string EventName { get; init; }

    public string? EventId { get; init; }

    /// <summary>
    /// The number of the first event with the same dataset, event name and event id; null for the first.
    /// </summary>
    public long? DuplicateOf { get; init; }

    /// <summary>1 for the first event of its id, 2 for its first duplicate, and so on.</summary>
    public int Occurrence { get; init; } = 1;

    /// <summary>
    /// What Meta lets pass and a reader should still know: empty members, unknown parameters, hashes of nothing.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The event, byte for byte as it stood in <c>data</c>.</summary>
    public required RawJson Event { get; init; }
}

/// <summary>The answer of <c>GET /sandbox/events</c>.</summary>
/// <param name="Count">Events that match the filters; <c>limit</c> does not change it.</param>
/// <param name="Received">All events taken since the last clearing.</param>
/// <param name="Duplicates">How many of those had a dataset, event name and event id seen before.</param>
/// <param name="Forgotten">How many of those are no longer kept.</param>
/// <param name="Events">The newest last.</param>
internal sealed record ReceivedEventsAnswer(
    int Count,
    long Received,
    long Duplicates,
    long Forgotten,
    IReadOnlyList<ReceivedEvent> Events
);
