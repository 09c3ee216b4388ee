namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// Decides what to do after a response. Sources: Meta, "Marketing API Error Codes", "Handle Errors", "Rate Limiting".
/// </summary>
/// <remarks>
/// The error code decides, and the HTTP status only where there is no code that is known: Meta throttles with status
/// 400, and may report any error with status 200 or 500. Of the texts, only the meanings of <see cref="ErrorMeaning"/>
/// count.
/// </remarks>
public static class Classifier
{
    private static readonly NextStep Complete = new NextStep.Complete();
    private static readonly NextStep Retry = new NextStep.Retry();
    private static readonly NextStep RetryUnknown = new NextStep.Retry(CauseIsUnknown: true);

    /// <summary>The next step for the events of one request.</summary>
    /// <param name="response">The response, or how the request failed.</param>
    /// <param name="sent">How many events the request contained.</param>
    public static NextStep Classify(GraphResponse response, int sent) =>
        response switch
        {
            { Transport: Transport.CircuitOpen } => new NextStep.Retry(response.Wait, DeliveryReason.Unreachable),
            { Transport: not Transport.Responded } => Retry,
            { Error: { } error } => AfterError(error, response, sent),
            { Status: >= 200 and < 300 } => AfterSuccess(response.Received, sent),
            { Status: 429 } => SlowDown(response),
            { Status: 413 } => TooLarge(response, sent),
            // 5xx, 408, a proxy's HTML, a truncated body: none of these is about our events.
            _ => new NextStep.Retry(response.Wait),
        };

    /// <summary>
    /// Whether the failure is temporary and lies with Meta or the network, so that a quick retry may help and the
    /// circuit breaker counts it: no response, a server error without a code of Meta, or a transient code of Meta.
    /// </summary>
    public static bool IsOutage(GraphResponse response) =>
        response switch
        {
            { Transport: not Transport.Responded } => true,
            { Error.Code: not 0 } => Classify(response, sent: 1)
                is NextStep.Retry { SlowDown: null, CauseIsUnknown: false },
            _ => response.Status >= 500,
        };

    /// <summary>Whether a code of Meta says that its request limit is reached.</summary>
    internal static bool IsRequestLimit(int code) => code is 4 or 17 or 32 or 341 or 613 or (>= 80000 and <= 80014);

    private static NextStep AfterError(GraphError error, GraphResponse response, int sent) =>
        (error.Code, error.Subcode) switch
        {
            (_, 2044011) => Complete, // progress overlap: Meta already has these events
            _ when error.Meaning == ErrorMeaning.UnsupportedVersion => Halt(
                DeliveryReason.UnsupportedVersion,
                HaltLevel.Connection
            ),
            _ when IsRequestLimit(error.Code) => SlowDown(response),
            // What halts needs a change of a setting, whatever is_transient says.
            (190, _) => Halt(DeliveryReason.TokenInvalid, HaltLevel.Connection),
            (102 or 104, _) => Halt(DeliveryReason.BadSignature, HaltLevel.Connection),
            (368, _) => Halt(DeliveryReason.BlockedForPolicy, HaltLevel.Connection),
            (2500, _) => Halt(DeliveryReason.UnknownPath, HaltLevel.Connection),
            (3 or 10 or (>= 200 and <= 299), _) => Halt(DeliveryReason.PermissionDenied, HaltLevel.Dataset),
            (100, 33) or (803, _) => Halt(DeliveryReason.UnknownDataset, HaltLevel.Dataset),
            _ when error.Meaning == ErrorMeaning.MissingPermission => Halt(
                DeliveryReason.PermissionDenied,
                HaltLevel.Dataset
            ),
            _ when error.IsTransient => new NextStep.Retry(response.Wait),
            (1 or 5000, _) => RetryUnknown, // with subcode 99 usually a bad request, but not always
            (2 or 21009, _) => new NextStep.Retry(response.Wait), // service down; data set temporarily not ready
            (100 or 506, _) => Refused(sent), // invalid parameter (all 2804xxx, 34, 38, 1815356); duplicate post
            _ when response.Status is 429 => SlowDown(response),
            _ when response.Status is 413 => TooLarge(response, sent),
            (0, _) when response.Status is 408 or >= 500 => new NextStep.Retry(response.Wait),
            _ when response.Status is 401 => Halt(DeliveryReason.TokenInvalid, HaltLevel.Connection),
            _ => RetryUnknown,
        };

    /// <summary>
    /// Meta accepts all events of a request or none ("Using the API"), so any other count is not a success. If Meta
    /// counts some of them, smaller requests let those events through. If it counts none, too many, or nothing at all,
    /// the response says nothing about the events, and they are sent again. Sending twice is harmless because the event
    /// ids are the same. Only events that Meta refused are buried.
    /// </summary>
    private static NextStep AfterSuccess(long? received, int sent) =>
        received == sent ? Complete
        : received > 0 && received < sent ? new NextStep.Bisect()
        : RetryUnknown;

    /// <summary>
    /// A gateway's limit may admit a smaller request. A single event that it refuses is kept, because the limit is not
    /// Meta's and can be raised.
    /// </summary>
    private static NextStep TooLarge(GraphResponse response, int sent) =>
        sent == 1 && !response.IsFromMeta
            ? new NextStep.Retry(response.Wait, CauseIsUnknown: true)
            : Refused(sent, DeliveryReason.TooLarge);

    private static NextStep.Retry SlowDown(GraphResponse response) => new(response.Wait, DeliveryReason.Throttled);

    private static NextStep.Halt Halt(string reason, HaltLevel level) => new(reason, level);

    private static NextStep Refused(int sent, string reason = DeliveryReason.RefusedByMeta) =>
        sent > 1 ? new NextStep.Bisect() : new NextStep.Bury(reason);
}
