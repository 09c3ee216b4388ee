using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Json;
using OfflineConversions.Origins;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>POST /api/preview</c>: maps a body as a source would post it and shows Meta's JSON, without queuing or sending.
/// </summary>
internal static class Preview
{
    public static void MapPreview(this IEndpointRouteBuilder api) =>
        api.MapPost("/preview", PreviewAsync)
            .WithMetadata(new PreviewRoute())
            .WithSummary("Maps a body without queuing or sending it.")
            .WithDescription(
                "The request names a connection or contains one (without keys and token), and the JSON that the "
                    + "source would post, or as `table` the beginning of a file with `rows` of it. The "
                    + "response has each event's outcome and exactly the objects that Meta's "
                    + "data array would contain. `origins` names for each field of these objects the part of the body "
                    + "that it comes from; a field that is not in it comes from a setting or is a default. "
                    + "`warningOrigins` does the same for warnings. Both are null for a body that is too large to be "
                    + "examined."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> PreviewAsync(
        HttpContext context,
        BodyReader bodies,
        ServiceOptions options,
        PreviewConnections connections,
        TimeProvider time
    ) =>
        await bodies.UseAsync(
            context.Request,
            BodyReader.Operator,
            (reading, slice) =>
                reading.Refusal is { } unread
                    ? OperatorBody.Refuse(context, unread)
                    : Respond(context, reading, options, connections, time, slice),
            context.RequestAborted
        );

    /// <summary>The response; null if the work is long and there is no time slice.</summary>
    private static IResult? Respond(
        HttpContext context,
        BodyReading reading,
        ServiceOptions options,
        PreviewConnections connections,
        TimeProvider time,
        TimeSlice? slice
    )
    {
        if (!Utf8.IsValid(reading.Json.Span))
        {
            return InvalidRequest.Because("request", "is not valid UTF-8");
        }

        try
        {
            if (BodyLimits.Refuse(reading.Json.Span, options.Ingestion, slice) is { } tooMany)
            {
                return OperatorBody.Refuse(context, tooMany);
            }

            using var document = JsonTree.Parse(reading.Json, JsonLimits.MaxDepth + 10);
            using var request = PreviewRequest.Read(document.Root, connections, options.Imports, time.GetUtcNow());
            return Respond(context, request, options.Ingestion, slice);
        }
        catch (JsonException malformed)
        {
            return InvalidRequest.Because("request", Refusal.MalformedJson(malformed).Message);
        }
    }

    private static IResult? Respond(
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
        var cost = BodyCost.Of(request.Body, pipeline);
        if (slice is null && cost.IsLong)
        {
            return null;
        }

        if (cost.Refuse(limits) is { } refusal)
        {
            return refusal.Kind == RefusalKind.WrongShape
                ? InvalidRequest.Because("body", refusal.Message)
                : OperatorBody.Refuse(context, refusal);
        }

        var trace = OriginTrace.Of(pipeline, request.Body);
        return slice is null && trace?.Bytes >= LargeBodies.Bytes
            ? null
            : Results.Bytes(Map(request, trace, slice), "application/json; charset=utf-8");
    }

    private static byte[] Map(PreviewRequest request, OriginTrace? trace, TimeSlice? slice)
    {
        Action? afterEach = slice is null ? null : slice.YieldIfOver;
        var results = request.Connection!.Pipeline.Map(request.Body, request.Receipt, afterEach);
        var origins = trace?.Find(request.Receipt, results, afterEach);
        return PreviewResponse.Write(results, origins, request.Connection.Options.Api);
    }
}

/// <summary>Marks the preview, for its description.</summary>
internal sealed record PreviewRoute;
