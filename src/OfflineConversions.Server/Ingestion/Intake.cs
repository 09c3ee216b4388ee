using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Ingestion.Protocols.Segment;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// One post from arrival to answer: authenticate, read, map, store, answer. Success is answered only after the outbox
/// has it on disk.
/// </summary>
internal sealed class Intake(
    ServiceOptions options,
    ConnectionRegistry connections,
    BodyReader bodies,
    IOutbox outbox,
    IngestionMeter meter,
    RecentOutcomes recent,
    DeliverySignal signal,
    LargeBodies large,
    TimeProvider time
)
{
    /// <summary>Takes one post.</summary>
    public async Task ReceiveAsync(HttpContext context, IngestionRoute route)
    {
        var started = time.GetTimestamp();
        var presented = WriteKeyReader.Read(context.Request, route);
        var key = Find(context.Request, presented.Key, route) ?? FindInQuery(context.Request, route);

        // Where no header tells the source, the path's first does. A key in the body is Segment's, and Segment stands
        // first.
        var dialect = key?.Connection.Options.Source ?? route.Sources[0];
        var refusal = SocketLimit.Refuse(context)
            ?? Admit(key, presented)
            ?? await ReadAndStoreAsync(context, route, key);
        if (refusal is { } refused)
        {
            await SourceAnswers.RefuseAsync(context, dialect, refused);
        }

        meter.Answered(dialect, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    /// <summary>
    /// Who knocks: refuses a missing, wrong or exhausted key before a byte of the body is read. A body may still bring
    /// a key.
    /// </summary>
    private static Refusal? Admit(WriteKey? key, PresentedKey presented)
    {
        if (key is not null)
        {
            // What is signed tells only when it is read.
            return SegmentSignature.IsAskedFor(key.Connection.Options) ? null : Take(key);
        }

        return presented.BodyMayTell ? null
            : presented.Attempted ? Refusal.WrongKey
            : Refusal.MissingKey;
    }

    private static Refusal? Take(WriteKey key) =>
        key.TryTake(out var retryAfter) ? null : Refusal.RateLimited(retryAfter);

    private async Task<Refusal?> ReadAndStoreAsync(HttpContext context, IngestionRoute route, WriteKey? key)
    {
        Mapped mapped;
        using (var reading = await bodies.ReadAsync(context.Request, key?.Connection.Name, context.RequestAborted))
        {
            mapped =
                reading.Refusal is { } unread ? new Mapped(unread)
                : !reading.IsLarge ? Map(context.Request, route, key, reading, slice: null)
                : await large.RunAsync(
                    key?.Connection.Name,
                    slice => Map(context.Request, route, key, reading, slice),
                    context.RequestAborted
                );
        }

        // The body is given back before the wait for the disk: what waits there is the outbox's to limit.
        return mapped.Refusal ?? await StoreAsync(context, mapped.Connection!, mapped.Results!);
    }

    private Mapped Map(HttpRequest request, IngestionRoute route, WriteKey? key, BodyReading reading, TimeSlice? slice)
    {
        if (reading.IsWide)
        {
            return new Mapped(Refusal.Wide);
        }

        try
        {
            if (BodyLimits.Refuse(reading.Json.Span, options.Ingestion, slice) is { } tooMany)
            {
                return new Mapped(tooMany);
            }

            using var document = JsonDocument.Parse(reading.Json, JsonLimits.Document);
            if (key is null)
            {
                var told = WriteKeyReader.FromBody(document.RootElement);
                key =
                    Find(request, told, route) is { } found && found.Connection.Options.Source is SegmentDefinition
                        ? found
                        : null;
                if (Admit(key, new PresentedKey(told, Attempted: told is not null, BodyMayTell: false)) is { } refused)
                {
                    return new Mapped(refused);
                }
            }

            var connection = key!.Connection;
            var refusal =
                !SegmentSignature.IsAskedFor(connection.Options) ? null
                : SegmentSignature.Matches(request, connection.Options, reading.Bytes.Span, document.RootElement)
                    ? Take(key)
                : Refusal.WrongSignature;
            return
                (refusal ?? BodyLimits.Refuse(document.RootElement, connection.Pipeline, options.Ingestion))
                    is { } unfit
                ? new Mapped(unfit)
                : new Mapped(
                    null,
                    connection,
                    connection.Pipeline.Map(
                        document.RootElement,
                        new Receipt(time.GetUtcNow(), route.Call),
                        slice is null ? null : slice.YieldIfOver
                    )
                );
        }
        catch (JsonException malformed)
        {
            return new Mapped(Refusal.MalformedJson(malformed));
        }
    }

    private async Task<Refusal?> StoreAsync(
        HttpContext context,
        Connection connection,
        IReadOnlyList<EventResult> results
    )
    {
        var entries = Entries(connection, results);
        var appended = default(AppendResult) with { Stored = [], Erased = [] };
        if (entries.Count > 0)
        {
            // A caller who hangs up changes nothing: what is mapped is stored and counted, and a retry of it is a
            // duplicate.
            appended = await outbox.AppendAsync(entries, CancellationToken.None);
            if (appended.Status == AppendStatus.Unavailable)
            {
                return Refusal.Unavailable(appended.RetryAfter);
            }

            signal.Appended(connection.Name, entries.Count);
        }

        var outcomes = EventOutcome.From(results, appended.Stored, appended.Erased);
        meter.Counted(connection, outcomes);
        recent.Note(time.GetUtcNow(), connection, outcomes);
        await SourceAnswers.AcceptAsync(context, connection.Source, outcomes);
        return null;
    }

    private static List<OutboxEntry> Entries(Connection connection, IReadOnlyList<EventResult> results)
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
                        settings.DeduplicationWindow,
                        delivery
                    )
                );
            }
        }

        return entries;
    }

    // Whoever has the key alone, without the shared header, shall neither use up its requests nor learn that it is one:
    // to him it is as unknown as any.
    private WriteKey? Find(HttpRequest request, string? presented, IngestionRoute route) =>
        presented is not null
        && connections.Current.Keys.Find(presented) is { } key
        && route.Serves(key.Connection.Options.Source)
        && SharedHeader.Matches(request, key.Connection.Options)
            ? key
            : null;

    // A key in an address ends up in logs, so it counts only where a header must come with it.
    private WriteKey? FindInQuery(HttpRequest request, IngestionRoute route) =>
        request.Query.TryGetValue("writeKey", out var told)
        && Find(request, told.ToString(), route) is { } key
        && SharedHeader.IsAskedFor(key.Connection.Options)
            ? key
            : null;

    private readonly record struct Mapped(
        Refusal? Refusal,
        Connection? Connection = null,
        IReadOnlyList<EventResult>? Results = null
    );
}
