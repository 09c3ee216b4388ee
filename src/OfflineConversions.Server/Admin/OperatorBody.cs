using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// The bodies of the operator's routes: read within the limits of ingestion, and refused with its statuses, as problem
/// details.
/// </summary>
internal static class OperatorBody
{
    /// <summary>What was read, or else how the body is refused.</summary>
    public static async Task<(T Read, IResult? Refused)> ReadAsync<T>(
        HttpContext context,
        BodyReader bodies,
        Func<ReadOnlySpan<byte>, T> read
    )
    {
        using var reading = await bodies.ReadAsync(context.Request, BodyReader.Operator, context.RequestAborted);
        return reading.Refusal is { } unread ? (default!, Refuse(context, unread)) : (read(reading.Json.Span), null);
    }

    /// <summary>The answer to a body that could not be read.</summary>
    public static IResult Refuse(HttpContext context, Refusal refusal)
    {
        ResponseWriter.SetRetryAfter(context, refusal);
        return Results.Problem(refusal.Message, statusCode: refusal.HttpStatus);
    }
}
