using OfflineConversions.Server.Ingestion;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Operations;

/// <summary>How the operator's routes answer a body that could not be read: with the limits and the statuses of ingestion, as problem details.</summary>
public static class RefusedBody
{
    public static IResult Answer(HttpContext context, Refusal refusal)
    {
        SourceAnswers.TellWhenToComeBack(context, refusal);
        // Segment's statuses are those of HTTP.
        return Results.Problem(refusal.Message, statusCode: SourceAnswers.Status(SourceKind.Segment, refusal.Kind));
    }
}
