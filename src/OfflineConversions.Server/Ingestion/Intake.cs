using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// The HTTP side of a post, from request to response: find the key, read the body, map its events, have them stored,
/// respond. Success is sent only after the events are on disk.
/// </summary>
internal sealed class Intake(
    ServiceOptions options,
    WriteKeyFinder keys,
    BodyReader bodies,
    EventWriter writer,
    IngestionMeter meter,
    TimeProvider time
)
{
    /// <summary>Handles one post.</summary>
    public async Task ReceiveAsync(HttpContext context, IngestionRoute route)
    {
        var started = time.GetTimestamp();
        var search = keys.Find(context.Request, route);

        // Before a key is found, the first protocol of the route decides the form of the response.
        var protocol = search.Found?.Protocol ?? route.Protocols[0];
        try
        {
            var refusal = SocketLimit.Refuse(context)
                ?? Admit(search)
                ?? await AcceptAsync(context, route, search.Found);
            if (refusal is { } refused)
            {
                await ResponseWriter.RefuseAsync(context, protocol, refused);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone. It gets no response, but it counts.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }

        meter.Responded(protocol.Source, context.Response.StatusCode, time.GetElapsedTime(started));
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

    /// <summary>Reads, maps and stores, then responds with success; otherwise returns the refusal.</summary>
    private async Task<Refusal?> AcceptAsync(HttpContext context, IngestionRoute route, FoundKey? key)
    {
        // The body is returned to its budget before the wait for the disk. What waits there is limited by the outbox.
        var post = route.Vendor.ReadQuery is { } read
            ? Map(context.Request, route, key, new BodyReading(read(context.Request.Query)), slice: null)!
            : await bodies.UseAsync(
                context.Request,
                key?.Key.Connection.Name,
                (body, slice) => Map(context.Request, route, key, body, slice),
                context.RequestAborted
            );
        if (post.Refusal is { } refusal)
        {
            return refusal;
        }

        // The outbox has copied the payloads, or has refused them for good. If it fails instead, the writer may still
        // read them, so their memory does not go back to the pool.
        var written = await writer.WriteAsync(post.Key.Key.Connection, post.Results);
        post.Payloads?.Dispose();
        if (written.Outcomes is not { } outcomes)
        {
            return Refusal.Unavailable(written.RetryAfter);
        }

        await ResponseWriter.AcceptAsync(context, route.Vendor.Success ?? post.Key.Protocol.Success, outcomes);
        return null;
    }

    /// <summary>Maps a body; returns null if that is long work and there is no time slice.</summary>
    private MappedPost? Map(
        HttpRequest request,
        IngestionRoute route,
        FoundKey? key,
        BodyReading body,
        TimeSlice? slice
    )
    {
        if ((body.Refusal ?? (body.IsWide ? Refusal.Wide : null)) is { } unread)
        {
            return MappedPost.Refused(unread);
        }

        try
        {
            if (BodyLimits.Refuse(body.Json.Span, options.Ingestion, slice) is { } tooMany)
            {
                return MappedPost.Refused(tooMany);
            }

            using var document = JsonTree.Parse(body.Json);
            var search = key is null ? keys.Find(request, route, document.Root) : new KeySearch(key, true, false);
            var cost = search.Found is { } finder
                ? BodyCost.Of(document.Root, finder.Key.Connection.Pipeline)
                : default;
            if (slice is null && cost.IsLong)
            {
                return null; // before the request is counted, because it starts again
            }

            if (key is null && Admit(search) is { } refused)
            {
                return MappedPost.Refused(refused);
            }

            var found = search.Found!.Value;
            var unfit = CheckSignature(request, found, body, document.Root)
                ?? cost.Refuse(options.Ingestion)
                ?? TakeEvents(found.Key, cost.Size.Events);
            if (unfit is { } refusal)
            {
                return MappedPost.Refused(refusal);
            }

            var payloads = new PayloadBuffer();
            var results = found.Key.Connection.Pipeline.Map(
                document.Root,
                new Receipt(time.GetUtcNow(), route.Call),
                slice is null ? null : slice.YieldIfOver,
                payloads
            );
            return new MappedPost(found, results) { Payloads = payloads };
        }
        catch (JsonException malformed)
        {
            return MappedPost.Refused(Refusal.MalformedJson(malformed));
        }
    }

    private static Refusal? TakeEvents(WriteKey key, int events) =>
        key.TryTakeEvents(events, out var retryAfter) ? null : Refusal.RateLimited(retryAfter);

    /// <summary>Refuses a wrong signature; counts the request where the signature is right.</summary>
    private static Refusal? CheckSignature(HttpRequest request, FoundKey found, BodyReading body, JsonPart root)
    {
        var settings = found.Key.Connection.Options;
        return !found.Protocol.RequiresSignature(settings) ? null
            : found.Protocol.IsSigned(request, settings, body.Bytes.Span, root) ? Take(found.Key)
            : Refusal.WrongSignature;
    }

    /// <summary>The events of a post and the key that they belong to, or the refusal.</summary>
    private sealed record MappedPost(FoundKey Key, IReadOnlyList<EventResult> Results, Refusal? Refusal = null)
    {
        /// <summary>The memory of the payloads.</summary>
        public PayloadBuffer? Payloads { get; init; }

        public static MappedPost Refused(Refusal refusal) => new(default, [], refusal);
    }
}
