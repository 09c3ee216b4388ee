using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Mapping;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One post from arrival to answer: authenticate, read, map, store, answer. Success is answered only after the outbox has it on disk.</summary>
public sealed class Intake(WriteKeys keys, BodyReader bodies, IOutbox outbox, IngestionMeter meter, RecentOutcomes recent, DeliverySignal signal, TimeProvider time)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = JsonLimits.MaxDepth };

    /// <summary>Takes one post.</summary>
    public async Task ReceiveAsync(HttpContext context, IngestionRoute route)
    {
        var started = time.GetTimestamp();
        var presented = WriteKeyReader.Read(context.Request, route);
        var key = Find(presented.Key, route);

        // Where no header tells the source, the path's first does. A key in the body is Segment's, and Segment stands first.
        var dialect = key?.Connection.Options.Source ?? route.Sources[0];
        var refusal = Admit(key, presented) ?? await ReadAndStoreAsync(context, route, key).ConfigureAwait(false);
        if (refusal is { } refused)
        {
            await SourceAnswers.RefuseAsync(context, dialect, refused).ConfigureAwait(false);
        }

        meter.Answered(dialect, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    /// <summary>Who knocks: refuses a missing, wrong or exhausted key before a byte of the body is read. A body may still bring a key.</summary>
    private static Refusal? Admit(WriteKey? key, PresentedKey presented)
    {
        if (key is not null)
        {
            return key.TryTake(out var retryAfter) ? null : Refusal.RateLimited(retryAfter);
        }

        return presented.BodyMayTell ? null : presented.Attempted ? Refusal.WrongKey : Refusal.MissingKey;
    }

    private async Task<Refusal?> ReadAndStoreAsync(HttpContext context, IngestionRoute route, WriteKey? key)
    {
        using var reading = await bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        if (reading.Refusal is { } unread)
        {
            return unread;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(reading.Json, Strict);
        }
        catch (JsonException malformed)
        {
            return Refusal.MalformedJson(malformed);
        }

        using (document)
        {
            if (key is null)
            {
                var told = WriteKeyReader.FromBody(document.RootElement);
                key = Find(told, route) is { } found && found.Connection.Options.Source == SourceKind.Segment ? found : null;
                if (Admit(key, new PresentedKey(told, Attempted: told is not null, BodyMayTell: false)) is { } refused)
                {
                    return refused;
                }
            }

            var connection = key!.Connection;
            if (!SegmentSignature.Matches(context.Request, connection.Options, reading.Bytes.Span, document.RootElement))
            {
                return Refusal.WrongSignature;
            }

            return connection.Pipeline.Refuse(document.RootElement) is { } message
                ? Refusal.WrongShape(message)
                : await StoreAsync(context, connection, document.RootElement, route.Call).ConfigureAwait(false);
        }
    }

    private async Task<Refusal?> StoreAsync(HttpContext context, Connection connection, JsonElement body, string? call)
    {
        var results = connection.Pipeline.Map(body, new Receipt(time.GetUtcNow(), call));
        var entries = Entries(connection, results);
        var appended = default(AppendResult) with { Stored = [], Erased = [] };
        if (entries.Count > 0)
        {
            // A caller who hangs up changes nothing: what is mapped is stored and counted, and a retry of it is a duplicate.
            appended = await outbox.AppendAsync(entries, CancellationToken.None).ConfigureAwait(false);
            if (appended.Status == AppendStatus.Unavailable)
            {
                return Refusal.Unavailable(appended.RetryAfter);
            }

            signal.Appended(connection.Name, entries.Count);
        }

        var outcomes = EventOutcome.From(results, appended.Stored, appended.Erased);
        meter.Counted(connection, outcomes);
        recent.Note(time.GetUtcNow(), connection, outcomes);
        await SourceAnswers.AcceptAsync(context, connection.Options.Source!.Value, outcomes).ConfigureAwait(false);
        return null;
    }

    private static List<OutboxEntry> Entries(Connection connection, IReadOnlyList<EventResult> results)
    {
        var options = connection.Options;
        var entries = new List<OutboxEntry>(results.Count);
        foreach (var result in results)
        {
            foreach (var delivery in result.Deliveries)
            {
                entries.Add(new OutboxEntry(connection.Name, options.Api, options.BatchSize, options.DeduplicationWindow, delivery));
            }
        }

        return entries;
    }

    private WriteKey? Find(string? presented, IngestionRoute route) =>
        presented is not null && keys.Find(presented) is { } key && route.Serves(key.Connection.Options.Source) ? key : null;
}
