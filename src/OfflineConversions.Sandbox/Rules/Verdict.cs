using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// What the rules say to a whole request: every event is taken, or none is and the first bad one is why.
/// </summary>
internal sealed record Verdict(
    GraphError? Error,
    IReadOnlyList<IReadOnlyList<string>> Notes,
    Violation? Violation = null,
    int? EventIndex = null
)
{
    /// <summary>Meta's sub-code around a refused legacy batch; the event's own stands inside.</summary>
    public const int OfflineEventsInvalid = 1815356;

    public static Verdict Of(GraphRequest request, GraphVersion version, DateTimeOffset now)
    {
        if (BatchRules.Check(request, version) is { } error)
        {
            return new(error, []);
        }

        var notes = new List<IReadOnlyList<string>>(request.Events.Length);
        foreach (var (index, @event) in request.Events.Index())
        {
            var inspection = new Inspection(@event, request.Shape, now);
            if (Judge.FirstViolation(inspection) is { } violation)
            {
                return new(Refusal(violation, request.Shape, index), [], violation, index);
            }

            notes.Add(inspection.Notes);
        }

        return new(null, notes);
    }

    /// <summary>The Conversions API does not say which event was bad; the legacy API did.</summary>
    private static GraphError Refusal(Violation violation, EventShape shape, int index)
    {
        var (rule, path) = violation;
        var error = new GraphError
        {
            Code = GraphError.InvalidParameter,
            Message = "Invalid parameter",
            Subcode = rule.Subcode,
            UserTitle = rule.Title,
            UserMessage = path.Length == 0 ? rule.Message : $"{rule.Message} ({path})",
        };
        return shape == EventShape.ConversionsApi
            ? error
            : error with
            {
                Subcode = OfflineEventsInvalid,
                UserTitle = "Array of offline conversion events is invalid.",
                Offending = new(index, error.UserMessage, "CodedException", rule.Subcode),
            };
    }
}
