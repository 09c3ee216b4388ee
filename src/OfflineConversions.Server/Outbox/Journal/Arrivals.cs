using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// The source events of one body, as an append notes them in the journal. Their digests are computed by the caller's
/// thread: the writer has the next commit to write.
/// </summary>
internal sealed class Arrivals
{
    public Arrivals(string connection, string source, IReadOnlyList<EventResult> events)
    {
        (Connection, Source, Events) = (connection, source, events);
        if (events is [var only])
        {
            EventIds = Single(only.EventId);
            OrderIds = Single(only.OrderId);
        }
        else
        {
            var digests = new ShortDigests();
            EventIds = digests.Of(events.Count, place => events[place].EventId);
            OrderIds = digests.Of(events.Count, place => events[place].OrderId);
        }
    }

    /// <summary>The connection that received them.</summary>
    public string Connection { get; }

    /// <summary>The tag of its source.</summary>
    public string Source { get; }

    /// <summary>The events. Their deliveries, one after the other, are the entries of the append.</summary>
    public IReadOnlyList<EventResult> Events { get; }

    /// <summary>The digests of their ids; <see langword="null"/> if none has one.</summary>
    public IReadOnlyList<ulong>? EventIds { get; }

    /// <summary>The digests of their orders' ids; <see langword="null"/> if none has one.</summary>
    public IReadOnlyList<ulong>? OrderIds { get; }

    /// <summary>
    /// What to add to the roll-ups of the hour, besides outcomes and names. The writer calls it with whether each
    /// delivery was stored, in order, because only it knows the duplicates; so it must be quick and must not fail.
    /// </summary>
    public Func<IReadOnlyList<bool>, IReadOnlyList<RollUpCount>>? Counts { get; init; }

    private static ulong[]? Single(string? text) => string.IsNullOrEmpty(text) ? null : [ShortDigests.Of(text)];
}
