using OfflineConversions.Hashing;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>Finds a sale by what a person has at hand: the number of its order, or the id of its event.</summary>
internal sealed class EventSearch(IJournal journal, PendingStops.Reader stops, IPendingList pending)
{
    private const int MostPayloads = 5;
    private const long MostReadBytes = 8 * 1024 * 1024;

    /// <summary>Every event with this order number or event id.</summary>
    public async Task<FoundEvents> FindAsync(string text, CancellationToken cancellationToken)
    {
        var searches = EventsEndpoint
            .Spellings(text)
            .Select(spelling => new JournalSearch(
                IsOrder: false,
                ShortDigests.Of(spelling.Stored),
                EventsEndpoint.MostArrivals
            ))
            .Append(new JournalSearch(IsOrder: true, ShortDigests.Of(text), EventsEndpoint.MostArrivals));
        var since = DateTimeOffset.MinValue;
        var arrivals = new List<JournalArrival>();
        foreach (var search in searches)
        {
            var found = await journal.FindAsync(search, cancellationToken);
            since = found.KnownSince;
            arrivals.AddRange(found.Arrivals);
        }

        var events = EventReport.Of(
            arrivals
                .DistinctBy(arrival => (arrival.Digest, arrival.ReceivedAt, arrival.Event.Connection))
                .OrderByDescending(arrival => arrival.ReceivedAt),
            await stops.ReadAsync(cancellationToken),
            text
        );
        return new FoundEvents(events, since, await PayloadsAsync(text, events, cancellationToken));
    }

    /// <summary>What waits of them, as it will be sent.</summary>
    private async Task<IReadOnlyList<PendingEvent>> PayloadsAsync(
        string text,
        IReadOnlyList<EventReport> events,
        CancellationToken cancellationToken
    )
    {
        var waits = events
            .SelectMany(one => one.Occurrences)
            .SelectMany(one => one.Deliveries)
            .Any(delivery => delivery.State == "pending");
        if (!waits)
        {
            return [];
        }

        var id = events.Select(one => one.EventId).FirstOrDefault(id => id is not null) ?? text;
        var query = new PendingQuery(EventId: id, Limit: MostPayloads)
        {
            MostBytes = MostReadBytes,
            MostReadBytes = MostReadBytes,
        };
        return (await pending.PendingAsync(query, cancellationToken)).Events;
    }
}

/// <summary>What was found.</summary>
/// <param name="Events">The events, the one that arrived last first.</param>
/// <param name="KnownSince">Since when every arrival is known.</param>
/// <param name="Payloads">What waits of them.</param>
internal sealed record FoundEvents(
    IReadOnlyList<EventReport> Events,
    DateTimeOffset KnownSince,
    IReadOnlyList<PendingEvent> Payloads
);
