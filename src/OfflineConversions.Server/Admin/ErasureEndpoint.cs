using OfflineConversions.Privacy;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>POST /api/erasure</c>: erases a person on request.</summary>
internal static partial class ErasureEndpoint
{
    /// <summary>Long enough for events in transit, also if deduplication is turned off.</summary>
    private static readonly TimeSpan ShortestSuppression = TimeSpan.FromHours(1);

    private static readonly ExampleRoute Erasing = new(
        """{"pending":2,"failed":1,"deduplicationKeys":3,"inFlight":0,"suppressedUntil":"2026-11-23T12:00:00+00:00"}""",
        new(
            "By everything that is known",
            """{"email":"jane.doe@example.com","phone":"+1 415 555 0100","externalId":"customer-17"}"""
        ),
        new(
            "By several values, clear and hashed",
            """{"email":["jane.doe@example.com","86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"]}"""
        )
    );

    public static void MapErasure(this IEndpointRouteBuilder api) =>
        api.MapPost("/erasure", RespondAsync)
            .WithMetadata(Erasing)
            .Produces<Erasure>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary(
                "Erases a person's pending and failed events with their deduplication keys, and ignores the person's "
                    + "new events for a while."
            )
            .WithDescription(
                "`email`, `phone` and `externalId` are each one text or a list of texts, clear or hashed (SHA-256, "
                    + "MD5). An event that contains any of them, in any connection, is erased. Events received until "
                    + "`suppressedUntil` (the longest `DeduplicationWindow`, at least an hour) are ignored as "
                    + "`erased`. `inFlight` events were being sent at that moment: they have been delivered since, "
                    + "or are gone if delivery failed. The ledger counts erased events as discarded. The "
                    + "journal keeps no event id in clear text that it had before. Meta must erase what it has "
                    + "already received. The request may be repeated."
            );

    private static async Task<IResult> RespondAsync(
        HttpContext context,
        BodyReader bodies,
        OperatorWrites writes,
        IErasure erasure,
        ConnectionRegistry connections,
        TimeProvider time,
        Audit audit,
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
            return InvalidRequest.Because("request", unreadable);
        }

        var (traces, problem) = request.Traces([
            .. connections.All.Select(connection => connection.Options.DefaultCountry),
        ]);
        if (problem is var (key, message))
        {
            return InvalidRequest.Because(key, message);
        }

        var until =
            time.GetUtcNow()
            + connections
                .All.Select(connection => connection.Options.DeduplicationWindow)
                .Append(ShortestSuppression)
                .Max();
        var erasing = audit.RecordAsync(
            context,
            AuditAction.Erase,
            connection: null,
            EraseAsync(traces, until, erasure, loggers),
            erased => erased.Pending + erased.Failed
        );
        return await writes.RespondAsync(context, OkAsync(erasing));
    }

    private static async Task<IResult> OkAsync(Task<Erasure> erasing) => Results.Ok(await erasing);

    // Finished even if the caller hangs up.
    private static async Task<Erasure> EraseAsync(
        IReadOnlySet<PersonTrace> traces,
        DateTimeOffset until,
        IErasure erasure,
        ILoggerFactory loggers
    )
    {
        var erased = await erasure.EraseAsync(traces, until, CancellationToken.None);
        Log.Erased(
            loggers.CreateLogger(typeof(ErasureEndpoint)),
            erased.Pending,
            erased.Failed,
            erased.DeduplicationKeys,
            erased.InFlight
        );
        return new Erasure(erased.Pending, erased.Failed, erased.DeduplicationKeys, erased.InFlight, until);
    }

    /// <summary>What was erased, and until when the person's new events are ignored.</summary>
    public sealed record Erasure(
        long Pending,
        long Failed,
        long DeduplicationKeys,
        long InFlight,
        DateTimeOffset SuppressedUntil
    );

    private static partial class Log
    {
        [LoggerMessage(
            501,
            LogLevel.Information,
            "Erased a person: {Pending} pending and {Failed} failed events, {Keys} deduplication keys; "
                + "{InFlight} events were being sent"
        )]
        public static partial void Erased(ILogger logger, long pending, long failed, long keys, long inFlight);
    }
}
