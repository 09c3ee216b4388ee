using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The result of applying the rules to a request: every event is accepted, or none is and the first bad event is the
/// reason.
/// </summary>
/// <param name="Error">The error to respond with; null if the events are accepted.</param>
/// <param name="Notes">The notes on each accepted event.</param>
/// <param name="Violation">The rule that an event breaks; null if the request as a whole is wrong.</param>
/// <param name="EventIndex">The position of that event.</param>
internal sealed record BatchCheck(
    SandboxError? Error,
    IReadOnlyList<IReadOnlyList<string>> Notes,
    Violation? Violation = null,
    int? EventIndex = null
)
{
    /// <summary>Meta's outer subcode for a refused legacy batch. The event's subcode is in the error data.</summary>
    public const int OfflineEventsInvalid = 1815356;

    public static BatchCheck Of(SandboxRequest request, GraphVersion version, DateTimeOffset now)
    {
        if (BatchRules.Check(request, version) is { } error)
        {
            return new(error, []);
        }

        var notes = new List<IReadOnlyList<string>>(request.Events.Length);
        foreach (var (index, @event) in request.Events.Index())
        {
            var check = new EventCheck(@event, request.Shape, now);
            if (RuleSets.FirstViolation(check) is { } violation)
            {
                return new(Refusal(violation, request.Shape, index), [], violation, index);
            }

            notes.Add(check.Notes);
        }

        return new(null, notes);
    }

    /// <summary>The Conversions API does not say which event is bad; the legacy API did.</summary>
    private static SandboxError Refusal(Violation violation, EventShape shape, int index)
    {
        var (rule, path) = violation;
        var error = new SandboxError
        {
            Code = SandboxError.InvalidParameter,
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
