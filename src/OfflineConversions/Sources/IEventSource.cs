using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Sources;

/// <summary>
/// A connection's mapping, compiled from its settings: splits a posted body into events and maps each of them.
/// </summary>
public interface IEventSource
{
    /// <summary>
    /// Says what is wrong with the shape of a body that holds no events at all, or <see langword="null"/>.
    /// </summary>
    string? Refuse(JsonElement body);

    /// <summary>How much work the body is.</summary>
    BodySize Measure(JsonElement body);

    /// <summary>Maps each event of the body, in order. Never throws for what a body holds.</summary>
    IEnumerable<MappedEvent> Map(JsonElement body, Receipt receipt);

    /// <summary>
    /// Whether match keys must arrive hashed, so that a value that is not a hash is left out. Default <see
    /// langword="false"/>.
    /// </summary>
    bool RequiresHashedKeys => false;

    /// <summary>
    /// The reason to ignore an event with these match keys, or <see langword="null"/>. Default: none. A vendor may ask
    /// for more of them than Meta does.
    /// </summary>
    string? Judge(HashedKeys keys) => null;
}

/// <summary>What a source makes of one event: a conversion event, or a reason why there is none.</summary>
public sealed record MappedEvent
{
    private MappedEvent() { }

    /// <summary>The conversion event, where there is one.</summary>
    public ConversionEvent? Event { get; private init; }

    /// <summary>Accepted where there is one.</summary>
    public Outcome Outcome { get; private init; }

    /// <summary>The reason where there is none.</summary>
    public string? Reason { get; private init; }

    /// <summary>The event's id, where it could be told.</summary>
    public string? EventId { get; private init; }

    /// <summary>Whom the event is about, in clear text. Only the stage <c>hash</c> reads them.</summary>
    public MatchKeys? MatchKeys { get; private init; }

    /// <summary>What was left out or changed so far.</summary>
    public required Warnings Warnings { get; init; }

    /// <summary>A conversion event, and whom it is about.</summary>
    public static MappedEvent Of(ConversionEvent conversion, MatchKeys keys, Warnings warnings) =>
        new()
        {
            Event = conversion,
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
/// <param name="Events">How many events it holds.</param>
/// <param name="Bytes">How large they are together, with what they share written into each of them.</param>
public readonly record struct BodySize(int Events, long Bytes)
{
    /// <summary>That of a list of events and what stands around it.</summary>
    /// <param name="events">How many the list holds.</param>
    /// <param name="listBytes">How long the list is.</param>
    /// <param name="wholeBytes">How long it is with what stands around it.</param>
    public static BodySize Of(int events, int listBytes, int wholeBytes) =>
        new(events, listBytes + (events * (long)(wholeBytes - listBytes)));

    public static BodySize operator +(BodySize left, BodySize right) =>
        new(left.Events + right.Events, left.Bytes + right.Bytes);
}
