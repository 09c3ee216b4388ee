using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/tail</c>: what happens right now, as server-sent events.</summary>
internal static class TailEndpoint
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A reader that does not take what is sent to it for so long is disconnected.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(10);

    public static void MapTail(this IEndpointRouteBuilder api) =>
        api.MapGet("/tail", WatchAsync)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("What happens right now, as server-sent events.")
            .WithDescription(
                "`event: outcome` for each source event, accepted ones too, with an item as in `/api/outcomes`; "
                    + "`event: delivery` for each response of Meta, with "
                    + "`{\"connection\",\"datasetId\",\"events\",\"state\",\"meta\"}`. `connection` and `outcome` "
                    + "select; with `outcome` there are no deliveries. Of this process only, and not stored. A comment "
                    + "every 15 seconds keeps the connection open. A reader that is 1000 messages behind, or does not "
                    + $"read for 10 seconds, is disconnected. At most {LiveTail.MostReaders} readers."
            );

    /// <summary>Sends what happens until the caller leaves.</summary>
    internal static async Task<IResult> WatchAsync(
        HttpContext context,
        LiveTail tail,
        IHostApplicationLifetime lifetime,
        IOptions<JsonOptions> json,
        TimeProvider time,
        string? connection,
        string? outcome,
        CancellationToken cancellationToken
    )
    {
        var selected = OutcomesEndpoint.OutcomeOf(outcome);
        if (outcome is not null && selected is null)
        {
            return InvalidRequest.Because("outcome", "must be accepted, ignored or rejected");
        }

        using var reader = tail.Watch(connection, selected);
        if (reader is null)
        {
            return Results.Problem(
                "Too many are watching. Close another tail first.",
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            await SendAsync(context, reader, json.Value.SerializerOptions, time, ending.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The caller has left or does not read, or the service stops.
            context.Abort();
        }

        return Results.Empty;
    }

    private static async Task SendAsync(
        HttpContext context,
        TailReader reader,
        JsonSerializerOptions options,
        TimeProvider time,
        CancellationToken ending
    )
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // or a proxy keeps the messages
        await WriteAsync(": watching\n\n");
        while (true)
        {
            using var silence = new CancellationTokenSource(Heartbeat, time);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending, silence.Token);
            bool isOpen;
            try
            {
                isOpen = await reader.Messages.WaitToReadAsync(waiting.Token);
            }
            catch (OperationCanceledException) when (!ending.IsCancellationRequested)
            {
                await WriteAsync(": waiting\n\n");
                continue;
            }

            if (!isOpen)
            {
                await WriteAsync(": too slow\n\n");
                return;
            }

            while (reader.Messages.TryRead(out var message))
            {
                await WriteAsync(Text(message, options), flush: false);
            }

            await WriteAsync(string.Empty);
        }

        async Task WriteAsync(string text, bool flush = true)
        {
            using var patience = new CancellationTokenSource(LongestWrite, time);
            using var writing = CancellationTokenSource.CreateLinkedTokenSource(ending, patience.Token);
            await response.WriteAsync(text, writing.Token);
            if (flush)
            {
                await response.Body.FlushAsync(writing.Token);
            }
        }
    }

    private static string Text(TailMessage message, JsonSerializerOptions options) =>
        message switch
        {
            TailOutcome outcome => Text("outcome", OutcomeItem.Of(outcome.At, outcome.EventId, outcome.Event), options),
            TailDelivery delivery => Text("delivery", Line.Of(delivery), options),
            _ => string.Empty,
        };

    private static string Text<T>(string name, T data, JsonSerializerOptions options) =>
        $"event: {name}\ndata: {JsonSerializer.Serialize(data, options)}\n\n";

    /// <summary>Meta's response to a request.</summary>
    private sealed record Line(string Connection, string DatasetId, int Events, string State, MetaReport? Meta)
    {
        public static Line Of(TailDelivery delivery) =>
            new(
                delivery.Connection,
                delivery.DatasetId,
                delivery.Events,
                delivery.State.ToString().ToLowerInvariant(),
                MetaReport.Of(delivery.Answer)
            );
    }
}
