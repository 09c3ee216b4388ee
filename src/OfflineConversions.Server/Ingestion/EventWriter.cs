using System.Diagnostics;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Quality;
using OfflineConversions.Server.Tail;
using OfflineConversions.Server.Tracing;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Stores mapped events: appends them to the outbox, signals delivery and counts each outcome. It has no code for HTTP,
/// so every way in can use it.
/// </summary>
internal sealed class EventWriter(
    IOutbox outbox,
    DeliverySignal signal,
    IngestionMeter meter,
    LiveTail tail,
    UnmappedNames unmapped,
    TimeProvider time
)
{
    private readonly UploadTags _tags = new(time);

    /// <summary>
    /// Stores the events of one body. Completes when they are on disk, or when the outbox has refused all of them.
    /// </summary>
    /// <remarks>
    /// It cannot be cancelled: what is mapped is stored and counted even if the caller is gone, and a retry of it is a
    /// duplicate.
    /// </remarks>
    public Task<WrittenEvents> WriteAsync(Connection connection, IReadOnlyList<EventResult> mapped) =>
        WriteAsync(connection, mapped, async (entries, arrivals) =>
        {
            // If nothing is to be sent, the journal alone waits for the disk, and a full disk is no reason for a
            // refusal.
            var appended = await outbox.AppendAsync(entries, arrivals, CancellationToken.None);
            return entries.Count > 0 ? appended : new AppendResult(AppendStatus.Stored, [], TimeSpan.Zero);
        });

    /// <summary>The same with another way to store the entries, which may be none.</summary>
    public async Task<WrittenEvents> WriteAsync(
        Connection connection,
        IReadOnlyList<EventResult> mapped,
        Func<IReadOnlyList<OutboxEntry>, Arrivals, ValueTask<AppendResult>> append
    )
    {
        var results = _tags.Limit(connection, mapped);
        using var span = ServiceSpans.Start("store", ActivityKind.Producer);
        var entries = Entries(connection, results, TraceLink.To(span));
        span?.Tag("connection", connection.Name).Tag("deliveries", entries.Count);

        var now = time.GetUtcNow();
        var arrivals = new Arrivals(connection.Name, connection.Source.Tag, results)
        {
            Counts = stored => QualityCounts.Of(results, stored, now),
        };
        var appended = await append(entries, arrivals);
        if (appended.Status == AppendStatus.Unavailable)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            return WrittenEvents.Unavailable(appended.RetryAfter);
        }

        if (entries.Count > 0)
        {
            signal.Appended(connection.Name, entries.Count);
        }

        var outcomes = EventOutcome.From(results, appended.Stored, appended.Erased);
        meter.Counted(connection, outcomes);
        if (tail.IsWatched)
        {
            Show(connection, outcomes);
        }

        unmapped.Note(connection, outcomes);
        return WrittenEvents.Of(outcomes);
    }

    private void Show(Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        var now = time.GetUtcNow();
        foreach (var outcome in outcomes)
        {
            tail.Publish(outcome.ToTail(now, connection));
        }
    }

    /// <summary>The deliveries of mapped events as entries of the outbox.</summary>
    public static List<OutboxEntry> Entries(
        Connection connection,
        IReadOnlyList<EventResult> results,
        TraceLink? trace = null
    )
    {
        var settings = connection.Options;
        var entries = new List<OutboxEntry>(results.Count);
        foreach (var result in results)
        {
            foreach (var delivery in result.Deliveries)
            {
                entries.Add(
                    new OutboxEntry(
                        connection.Name,
                        settings.Api,
                        settings.BatchSize,
                        Shorter(settings.DeduplicationWindow, delivery.LongestDeduplication),
                        delivery
                    )
                    {
                        DeduplicationGroup = settings.DeduplicationGroup,
                        Trace = trace,
                    }
                );
            }
        }

        return entries;
    }

    private static TimeSpan Shorter(TimeSpan window, TimeSpan? limit) => limit < window ? limit.Value : window;
}

/// <summary>
/// The result of storing events: an outcome for each of them, or none because the outbox is unavailable.
/// </summary>
internal readonly record struct WrittenEvents
{
    /// <summary>One outcome for each event, in order; <see langword="null"/> if nothing was stored.</summary>
    public IReadOnlyList<EventOutcome>? Outcomes { get; private init; }

    /// <summary>How long to wait before the next attempt, if nothing was stored.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>The events are stored.</summary>
    public static WrittenEvents Of(IReadOnlyList<EventOutcome> outcomes) => new() { Outcomes = outcomes };

    /// <summary>The outbox cannot accept events now. Nothing was stored or counted.</summary>
    public static WrittenEvents Unavailable(TimeSpan retryAfter) => new() { RetryAfter = retryAfter };
}
