using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>POST /api/preview</c>: maps a body as a source would post it and shows Meta's JSON, without queuing or sending.
/// </summary>
internal static class Preview
{
    public static void MapPreview(this IEndpointRouteBuilder api) =>
        api.MapPost("/preview", AnswerAsync)
            .WithMetadata(new PreviewRoute())
            .WithSummary("Maps a body without queuing or sending it.")
            .WithDescription(
                "Names a connection or brings one along (its keys and token are not needed), and the JSON "
                    + "that the source would post. Answers each event's outcome and exactly the objects that "
                    + "would stand in Meta's data array."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        BodyReader bodies,
        ServiceOptions options,
        ConnectionRegistry connections,
        ISourceRegistry sources,
        TimeProvider time
    ) =>
        await bodies.UseAsync(
            context.Request,
            BodyReader.Operator,
            (reading, slice) =>
                reading.Refusal is { } unread
                    ? OperatorBody.Refuse(context, unread)
                    : Answer(context, reading, options.Ingestion, connections, sources, time, slice),
            context.RequestAborted
        );

    private static IResult Answer(
        HttpContext context,
        BodyReading reading,
        IngestionOptions limits,
        ConnectionRegistry connections,
        ISourceRegistry sources,
        TimeProvider time,
        TimeSlice? slice
    )
    {
        if (!Utf8.IsValid(reading.Json.Span))
        {
            return Invalid("request", "is not valid UTF-8");
        }

        try
        {
            if (BodyLimits.Refuse(reading.Json.Span, limits, slice) is { } tooMany)
            {
                return OperatorBody.Refuse(context, tooMany);
            }

            using var document = JsonDocument.Parse(
                reading.Json,
                new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth + 10 }
            );
            return Answer(
                context,
                PreviewRequest.Read(document.RootElement, connections, sources, time.GetUtcNow()),
                limits,
                slice
            );
        }
        catch (JsonException malformed)
        {
            return Invalid("request", Refusal.MalformedJson(malformed).Message);
        }
    }

    private static IResult Answer(
        HttpContext context,
        PreviewRequest request,
        IngestionOptions limits,
        TimeSlice? slice
    )
    {
        if (request.Problems.Count > 0)
        {
            return Results.ValidationProblem(
                request
                    .Problems.GroupBy(problem => Quote.Key(problem.Key), StringComparer.Ordinal)
                    .ToDictionary(
                        problems => problems.Key,
                        problems => problems.Select(problem => problem.Message).ToArray(),
                        StringComparer.Ordinal
                    )
            );
        }

        var pipeline = request.Connection!.Pipeline;
        return BodyLimits.Refuse(request.Body, pipeline, limits) is { } refusal
            ? refusal.Kind == RefusalKind.WrongShape
                ? Invalid("body", refusal.Message)
                : OperatorBody.Refuse(context, refusal)
            : Results.Bytes(
                Write(
                    pipeline.Map(request.Body, request.Receipt, slice is null ? null : slice.YieldIfOver),
                    request.Connection.Options.Api
                ),
                "application/json; charset=utf-8"
            );
    }

    private static IResult Invalid(string key, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [key] = [message] });

    private static byte[] Write(IReadOnlyList<EventResult> results, MetaApi api)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("events"u8);
            foreach (var result in results)
            {
                Write(writer, result, api);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, EventResult result, MetaApi api)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome"u8, result.Outcome.Name());
        writer.WriteString("reason"u8, result.Reason);
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in result.Warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("deliveries"u8);
        foreach (var delivery in result.Deliveries)
        {
            writer.WriteStartObject();
            writer.WriteString("datasetId"u8, delivery.DatasetId);
            writer.WriteString("api"u8, api.ToString());
            writer.WriteString("uploadTag"u8, delivery.UploadTag);
            writer.WritePropertyName("event"u8);
            writer.WriteRawValue(delivery.Payload.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>Marks the preview, for its description.</summary>
internal sealed record PreviewRoute;
