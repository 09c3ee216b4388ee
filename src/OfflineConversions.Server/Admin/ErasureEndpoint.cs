using OfflineConversions.Privacy;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>POST /api/erasure</c>: somebody wants to be forgotten.</summary>
internal static partial class ErasureEndpoint
{
    /// <summary>With deduplication turned off, long enough for what is on its way.</summary>
    private static readonly TimeSpan ShortestSuppression = TimeSpan.FromHours(1);

    private static readonly ExampleRoute Erasing = new(
        """{"pending":2,"failed":1,"deduplicationKeys":3,"inFlight":0,"suppressedUntil":"2026-11-23T12:00:00+00:00"}""",
        (
            "By whatever is known",
            """{"email":"jane.doe@example.com","phone":"+1 415 555 0100","externalId":"customer-17"}"""
        ),
        (
            "Several, and hashed",
            """{"email":["jane.doe@example.com","86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"]}"""
        )
    );

    public static void MapErasure(this IEndpointRouteBuilder api) =>
        api.MapPost("/erasure", AnswerAsync)
            .WithMetadata(Erasing)
            .Produces<Answer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary(
                "Erases a person: every pending and failed event with the deduplication keys of these, and "
                    + "takes no new ones for a while."
            )
            .WithDescription(
                "`email`, `phone` and `externalId` are each one text or a list, clear or hashed (SHA-256, "
                    + "MD5); each alone is looked for in all connections. "
                    + "Events that come until `suppressedUntil` (the longest `DeduplicationWindow`, at least "
                    + "an hour) are ignored as `erased`. `inFlight` events were being sent at that moment: "
                    + "they are delivered by now, or gone if that failed. The ledger counts what was erased "
                    + "as discarded. "
                    + "The list of `/api/outcomes` is emptied. What Meta already has, Meta has to erase. May "
                    + "be repeated."
            );

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IErasure erasure,
        ConnectionRegistry connections,
        RecentOutcomes recent,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var ((request, unreadable), refused) = await OperatorBody.ReadAsync(context, bodies, ErasureRequest.Read);
        if (refused is not null)
        {
            return refused;
        }

        if (request is null)
        {
            return Invalid("request", unreadable);
        }

        var (traces, problem) = request.Traces([
            .. connections.All.Select(connection => connection.Options.DefaultCountry),
        ]);
        if (problem is var (key, message))
        {
            return Invalid(key, message);
        }

        var until =
            time.GetUtcNow()
            + connections
                .All.Select(connection => connection.Options.DeduplicationWindow)
                .Append(ShortestSuppression)
                .Max();
        return await writes.AnswerAsync(context, EraseAsync(traces, until, erasure, recent, loggers));
    }

    // A caller who hangs up changes nothing: what is begun is finished.
    private static async Task<IResult> EraseAsync(
        IReadOnlySet<PersonTrace> traces,
        DateTimeOffset until,
        IErasure erasure,
        RecentOutcomes recent,
        ILoggerFactory loggers
    )
    {
        var erased = await erasure.EraseAsync(traces, until, CancellationToken.None);
        recent.Forget();
        Erased(
            loggers.CreateLogger(typeof(ErasureEndpoint)),
            erased.Pending,
            erased.Failed,
            erased.DeduplicationKeys,
            erased.InFlight
        );
        return Results.Ok(new Answer(erased.Pending, erased.Failed, erased.DeduplicationKeys, erased.InFlight, until));
    }

    private static IResult Invalid(string key, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [key] = [message] });

    [LoggerMessage(
        501,
        LogLevel.Information,
        "Erased a person: {Pending} pending and {Failed} failed events, {Keys} deduplication keys; "
            + "{InFlight} events were being sent"
    )]
    private static partial void Erased(ILogger logger, long pending, long failed, long keys, long inFlight);

    /// <summary>What was erased, and until when nothing new of the person is taken.</summary>
    public sealed record Answer(
        long Pending,
        long Failed,
        long DeduplicationKeys,
        long InFlight,
        DateTimeOffset SuppressedUntil
    );
}
