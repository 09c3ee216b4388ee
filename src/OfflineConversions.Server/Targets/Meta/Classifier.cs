namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Turns an answer into a verdict. Meta: "Marketing API error reference", "Handle errors", "Rate limits".
/// The code decides and the HTTP status only where there is none: Meta answers throttling with 400 and, when asked to,
/// errors with 200. Texts are localised to the owner of the token and never looked at.
/// </summary>
internal static class Classifier
{
    private static readonly Verdict Taken = new Verdict.Delivered();
    private static readonly Verdict Again = new Verdict.Retry();
    private static readonly Verdict Unknown = new Verdict.Retry(Stubborn: true);

    /// <summary>The verdict on one request.</summary>
    /// <param name="answer">What came back.</param>
    /// <param name="sent">How many events were sent.</param>
    public static Verdict Classify(GraphAnswer answer, int sent) =>
        answer switch
        {
            { Transport: Transport.CircuitOpen } => new Verdict.Retry(answer.Wait, FailureReason.Unreachable),
            { Transport: not Transport.Answered } => Again,
            { Error: { } error } => OfError(error, answer, sent),
            { Status: >= 200 and < 300 } => OfSuccess(answer.Received, sent),
            { Status: 429 } => Slow(answer),
            { Status: 413 } => Refused(sent, FailureReason.TooLarge),
            // 5xx, 408, a proxy's HTML, half a body: nothing that speaks about our events.
            _ => new Verdict.Retry(answer.Wait),
        };

    private static Verdict OfError(GraphError error, GraphAnswer answer, int sent) =>
        (error.Code, error.Subcode) switch
        {
            (_, 2044011) => Taken, // progress overlap: Meta has had these before
            (4 or 17 or 32 or 341 or 613 or (>= 80000 and <= 80014), _) => Slow(answer),
            _ when error.IsTransient => new Verdict.Retry(answer.Wait),
            (1, 99) => Refused(sent), // "bad request" in the clothes of an unknown error
            (1 or 5000, _) => Unknown,
            (2 or 21009, _) => new Verdict.Retry(answer.Wait), // service down; "data set upload temporarily not ready"
            (190, _) => Stop(FailureReason.TokenInvalid, HaltScope.Connection),
            (102 or 104, _) => Stop(FailureReason.BadSignature, HaltScope.Connection),
            (368, _) => Stop(FailureReason.BlockedForPolicy, HaltScope.Connection),
            (2500, _) => Stop(FailureReason.UnknownPath, HaltScope.Connection),
            (3 or 10 or (>= 200 and <= 299), _) => Stop(FailureReason.PermissionDenied, HaltScope.Dataset),
            (100, 33) or (803, _) => Stop(FailureReason.UnknownDataset, HaltScope.Dataset),
            (100 or 506, _) => Refused(sent), // invalid parameter, duplicate post: all 2804xxx, 34, 38, legacy 1815356
            _ when answer.Status is 429 => Slow(answer),
            _ when answer.Status is 408 or >= 500 => new Verdict.Retry(answer.Wait),
            _ when answer.Status is 401 => Stop(FailureReason.TokenInvalid, HaltScope.Connection),
            _ => Unknown,
        };

    /// <summary>
    /// Meta takes all or nothing ("Using the API"), so another count is no success, and as it names nobody:
    /// some of them: halve, so that those it counts may leave; none, too many or no count: the answer tells nothing
    /// about our events, send them again. Sending twice is harmless (same event ids); nothing is buried that Meta did
    /// not refuse.
    /// </summary>
    private static Verdict OfSuccess(long? received, int sent) =>
        received == sent ? Taken
        : received > 0 && received < sent ? new Verdict.Split()
        : Unknown;

    private static Verdict.Retry Slow(GraphAnswer answer) => new(answer.Wait, FailureReason.Throttled);

    private static Verdict.Halt Stop(string reason, HaltScope scope) => new(reason, scope);

    private static Verdict Refused(int sent, string reason = FailureReason.RefusedByMeta) =>
        sent > 1 ? new Verdict.Split() : new Verdict.Bury(reason);
}
