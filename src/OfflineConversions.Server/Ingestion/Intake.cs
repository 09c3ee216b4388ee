using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// One post from arrival to answer: authenticate, read, map, store, answer. Success is answered only after the outbox
/// has it on disk.
/// </summary>
internal sealed class Intake(
    ServiceOptions options,
    KeyFinder keys,
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
        var search = keys.Find(context.Request, route);

        // Before a key is known, the first protocol of the route decides the form of the response.
        var protocol = search.Found?.Protocol ?? route.Protocols[0];
        var refusal = SocketLimit.Refuse(context)
            ?? Admit(search)
            ?? await ReadAndStoreAsync(context, route, search.Found);
        if (refusal is { } refused)
        {
            await ResponseWriter.RefuseAsync(context, protocol, refused);
        }

        meter.Answered(protocol.Source, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    /// <summary>
    /// Refuses a missing, unknown or exhausted key before a byte of the body is read. The body may still contain a key.
    /// </summary>
    private static Refusal? Admit(KeySearch search) =>
        search switch
        {
            // The signature can be checked only when the body has been read; until then the request is not counted.
            { Found: { } found } => found.Protocol.RequiresSignature(found.Key.Connection.Options)
                ? null
                : Take(found.Key),
            { MayBeInBody: true } => null,
            { Attempted: true } => Refusal.WrongKey,
            _ => Refusal.MissingKey,
        };

    private static Refusal? Take(WriteKey key) =>
        key.TryTake(out var retryAfter) ? null : Refusal.RateLimited(retryAfter);

    private async Task<Refusal?> ReadAndStoreAsync(HttpContext context, IngestionRoute route, FoundKey? key)
    {
        Mapped mapped;
        using (var reading = await bodies.ReadAsync(context.Request, key?.Key.Connection.Name, context.RequestAborted))
        {
            mapped =
                reading.Refusal is { } unread ? new Mapped(unread)
                : !reading.IsLarge ? Map(context.Request, route, key, reading, slice: null)
                : await large.RunAsync(
                    key?.Key.Connection.Name,
                    slice => Map(context.Request, route, key, reading, slice),
                    context.RequestAborted
                );
        }

        // The body is given back before the wait for the disk: what waits there is the outbox's to limit.
        return mapped.Refusal ?? await StoreAsync(context, mapped.Key!.Value, mapped.Results!);
    }

    private Mapped Map(HttpRequest request, IngestionRoute route, FoundKey? key, BodyReading reading, TimeSlice? slice)
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
                var search = keys.Find(request, route, document.RootElement);
                if (Admit(search) is { } refused)
                {
                    return new Mapped(refused);
                }

                key = search.Found;
            }

            var (writeKey, protocol) = key!.Value;
            var connection = writeKey.Connection;
            var refusal =
                !protocol.RequiresSignature(connection.Options) ? null
                : protocol.IsSigned(request, connection.Options, reading.Bytes.Span, document.RootElement)
                    ? Take(writeKey)
                : Refusal.WrongSignature;
            return
                (refusal ?? BodyLimits.Refuse(document.RootElement, connection.Pipeline, options.Ingestion))
                    is { } unfit
                ? new Mapped(unfit)
                : new Mapped(
                    null,
                    key,
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

    private async Task<Refusal?> StoreAsync(HttpContext context, FoundKey key, IReadOnlyList<EventResult> results)
    {
        var connection = key.Key.Connection;
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
        await ResponseWriter.AcceptAsync(context, key.Protocol, outcomes);
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

    private readonly record struct Mapped(
        Refusal? Refusal,
        FoundKey? Key = null,
        IReadOnlyList<EventResult>? Results = null
    );
}
