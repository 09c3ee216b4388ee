using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Reads the bodies of the operator's routes within the limits of ingestion. A refusal has ingestion's status, as a
/// problem detail.
/// </summary>
internal static class OperatorBody
{
    /// <summary>Reads a body.</summary>
    /// <returns>The result of <paramref name="read"/>, or the refusal of a body that could not be read.</returns>
    public static async Task<(T Read, IResult? Refused)> ReadAsync<T>(
        HttpContext context,
        BodyReader bodies,
        Func<ReadOnlySpan<byte>, T> read
    )
    {
        using var reading = await bodies.ReadAsync(context.Request, BodyReader.Operator, context.RequestAborted);
        return reading.Refusal is { } unread ? (default!, Refuse(context, unread)) : (read(reading.Json.Span), null);
    }

    /// <summary>The response to a body that could not be read.</summary>
    public static IResult Refuse(HttpContext context, Refusal refusal)
    {
        ResponseWriter.SetRetryAfter(context, refusal);
        return Results.Problem(refusal.Message, statusCode: refusal.HttpStatus);
    }
}
