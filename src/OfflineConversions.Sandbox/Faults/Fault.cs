using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>A fault in the list: which calls it matches, what it does, and how many more times.</summary>
internal sealed record Fault
{
    /// <summary>A number that counts up from 1 while the process runs.</summary>
    public required long Id { get; init; }

    /// <summary>How many more calls it affects; null for no limit.</summary>
    public int? TimesLeft { get; set; }

    /// <summary>How many calls it has affected.</summary>
    public int TimesPlayed { get; set; }

    public string? Node { get; init; }

    public string? Dataset { get; init; }

    public string? TokenFingerprint { get; init; }

    public string? EventName { get; init; }

    public string? EventId { get; init; }

    public int? Status { get; init; }

    public string? Body { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public TimeSpan? Latency { get; init; }

    public DropMoment? Drop { get; init; }

    public int? EventsReceived { get; init; }

    /// <summary>The Graph error in the response; null if it sends none.</summary>
    public SandboxError? Error { get; init; }

    public static Fault From(FaultRequest request, long id)
    {
        var expired = request.DeadToken is not null;
        var token = request.DeadToken ?? request.Token;
        var code = request.Code ?? (expired ? SandboxError.InvalidToken : CodeFor(request.Status));
        var status = request.Status ?? (request.Refuses && request.Body is null ? StatusFor(code) : null);
        return new()
        {
            Id = id,
            TimesLeft = request.Times,
            Node = request.Node,
            Dataset = request.Dataset,
            TokenFingerprint = token is null ? null : SandboxRequest.Fingerprint(token),
            EventName = request.EventName,
            EventId = request.EventId,
            Status = status,
            Body = request.Body,
            Headers = request.Headers,
            Latency = request.Latency,
            Drop = request.Drop,
            EventsReceived = request.EventsReceived,
            Error =
                !request.Refuses || request.Body is not null
                    ? null
                    : new SandboxError
                    {
                        Status = status!.Value,
                        Code = code,
                        Subcode = request.Subcode ?? (expired ? ExpiredToken : null),
                        IsTransient = request.IsTransient ?? code == SandboxError.ServiceUnavailable,
                        UserTitle = request.Title,
                        Message = request.Message
                            ?? (
                                expired
                                    ? "Error validating access token: Session has expired"
                                    : "A fault of the sandbox"
                            ),
                    },
        };
    }

    public bool Matches(string dataset, string? tokenFingerprint, IReadOnlyList<EventIdentity> events) =>
        Node is null
        && (Dataset is null || Dataset == dataset)
        && (TokenFingerprint is null || TokenFingerprint == tokenFingerprint)
        && (
            (EventName is null && EventId is null)
            || events.Any(e => (EventName is null || EventName == e.Name) && (EventId is null || EventId == e.Id))
        );

    /// <summary>Whether it matches a reading call.</summary>
    public bool MatchesRead(string node, string? tokenFingerprint) =>
        Node == node && (TokenFingerprint is null || TokenFingerprint == tokenFingerprint);

    /// <summary>Whether it makes every use of the token fail.</summary>
    public bool Kills(string tokenFingerprint) =>
        Node is null && Error is { Code: SandboxError.InvalidToken } && TokenFingerprint == tokenFingerprint;

    private const int ExpiredToken = 463;

    /// <summary>The code that Graph would send with the status. Source: Meta, "Handle Errors".</summary>
    private static int CodeFor(int? status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => SandboxError.InvalidToken,
            StatusCodes.Status403Forbidden => 200,
            StatusCodes.Status429TooManyRequests => 4,
            >= StatusCodes.Status500InternalServerError => SandboxError.ServiceUnavailable,
            _ => SandboxError.InvalidParameter,
        };

    /// <summary>The status that Graph would send with the code. Throttling errors have status 400.</summary>
    private static int StatusFor(int code) =>
        code switch
        {
            SandboxError.InvalidToken => StatusCodes.Status401Unauthorized,
            1 or 2 => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        };
}

/// <summary>The response of <c>GET /sandbox/faults</c>, in the order in which faults are tried.</summary>
internal sealed record FaultsResponse(int Count, IReadOnlyList<Fault> Faults);
