using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// A connection's mapping, compiled from its settings: splits a posted body into events and maps each of them.
/// </summary>
internal interface IEventSource
{
    /// <summary>
    /// What is wrong with the form of a body that contains no events at all, or <see langword="null"/>.
    /// </summary>
    string? Refuse(JsonPart body);

    /// <summary>How much work the body is.</summary>
    BodySize Measure(JsonPart body);

    /// <summary>Maps each event of the body, in order. Never throws for anything that a body contains.</summary>
    IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt);

    /// <summary>
    /// Whether match keys must arrive hashed, so that a value that is not a hash is left out. Default <see
    /// langword="false"/>.
    /// </summary>
    bool RequiresHashedKeys => false;

    /// <summary>
    /// The reason to ignore an event with these match keys, or <see langword="null"/>. Default: none. A vendor may
    /// require more keys than Meta does.
    /// </summary>
    string? Judge(HashedKeys keys) => null;
}

/// <summary>The result of mapping one event: a conversion event, or the reason why there is none.</summary>
internal sealed record MappedEvent
{
    private MappedEvent() { }

    /// <summary>The conversion event, if there is one.</summary>
    public ConversionEvent? Event { get; private init; }

    /// <summary>Accepted if there is one.</summary>
    public Outcome Outcome { get; private init; }

    /// <summary>The reason if there is none.</summary>
    public string? Reason { get; private init; }

    /// <summary>The event's id, if it is known.</summary>
    public string? EventId { get; private init; }

    /// <summary>The name that the source gave the event, if it has one.</summary>
    public string? EventName { get; init; }

    /// <summary>
    /// The number of the order, where <see cref="Event"/> does not have it or there is no such event.
    /// </summary>
    public string? OrderId { get; init; }

    /// <summary>How many values of a list in the body make up the event. Default 1.</summary>
    public int Rows { get; init; } = 1;

    /// <summary>The match keys of the person, in clear text. Only the stage <c>hash</c> reads them.</summary>
    public MatchKeys? MatchKeys { get; private init; }

    /// <summary>What was left out or changed so far.</summary>
    public required Warnings Warnings { get; init; }

    /// <summary>
    /// Whether the event is for Meta, but its name, or its name at Meta, is longer than
    /// <see cref="EventLimits.LongestName"/>.
    /// </summary>
    internal bool HasNameTooLong =>
        Event is { } conversion
        && (EventName?.Length > EventLimits.LongestName || HasNameTooLongAtMeta(conversion.Targets));

    private static bool HasNameTooLongAtMeta(IReadOnlyList<Target> targets)
    {
        for (var index = 0; index < targets.Count; index++)
        {
            if (targets[index].EventName.Length > EventLimits.LongestName)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The same event; the SHA-256 of an id of more than <see cref="EventLimits.MostIdBytes"/> becomes the id.
    /// </summary>
    internal MappedEvent WithBoundedId()
    {
        if (EventId is not { } id || Encoding.UTF8.GetByteCount(id) <= EventLimits.MostIdBytes)
        {
            return this;
        }

        Warnings.Add(Warning.EventIdTooLong);
        var digest = Sha256Hex.Of(id);
        return this with { EventId = digest, Event = Event is null ? null : Event with { EventId = digest } };
    }

    /// <summary>Gives rented memory back. Nothing can read the event afterwards.</summary>
    internal void Release()
    {
        MatchKeys?.Release();
        Event?.Release();
    }

    /// <summary>A conversion event, and the match keys of the person.</summary>
    public static MappedEvent Of(
        ConversionEvent conversion,
        MatchKeys keys,
        Warnings warnings,
        string? eventName = null
    ) =>
        new()
        {
            Event = conversion,
            EventName = eventName,
            MatchKeys = keys,
            EventId = conversion.EventId,
            Outcome = Outcome.Accepted,
            Warnings = warnings,
        };

    /// <summary>Not for Meta by design.</summary>
    public static MappedEvent Ignored(string reason, string? eventId = null) =>
        new()
        {
            Warnings = new Warnings(),
            Outcome = Outcome.Ignored,
            Reason = reason,
            EventId = eventId,
        };

    /// <summary>Meant for Meta but cannot be sent.</summary>
    public static MappedEvent Rejected(string reason, string? eventId = null) =>
        new()
        {
            Warnings = new Warnings(),
            Outcome = Outcome.Rejected,
            Reason = reason,
            EventId = eventId,
        };
}

/// <summary>How much work a body is.</summary>
/// <param name="Events">How many events it contains.</param>
/// <param name="Bytes">Their total size if what they share is written into each of them.</param>
internal readonly record struct BodySize(int Events, long Bytes)
{
    /// <summary>The size of a list of events and of what surrounds it.</summary>
    /// <param name="events">How many the list contains.</param>
    /// <param name="listBytes">How long the list is.</param>
    /// <param name="wholeBytes">How long it is with what surrounds it.</param>
    public static BodySize Of(int events, int listBytes, int wholeBytes) =>
        new(events, listBytes + (events * (long)(wholeBytes - listBytes)));

    public static BodySize operator +(BodySize left, BodySize right) =>
        new(left.Events + right.Events, left.Bytes + right.Bytes);
}
