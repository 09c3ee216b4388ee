using System.Globalization;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Operations;

/// <summary>How the operator's routes answer a body that could not be read: with the limits and the statuses of ingestion, as problem details.</summary>
public static class RefusedBody
{
    public static IResult Answer(HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        // Segment's statuses are those of HTTP.
        return Results.Problem(refusal.Message, statusCode: SourceAnswers.Status(SourceKind.Segment, refusal.Kind));
    }
}
