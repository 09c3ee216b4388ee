using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>A fault in the list: when it strikes, what it does, and how often it still will.</summary>
internal sealed record Fault
{
    /// <summary>Counts the faults since the process began, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>How often it still strikes; null for ever.</summary>
    public int? TimesLeft { get; set; }

    /// <summary>How often it has struck.</summary>
    public int TimesPlayed { get; set; }

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

    /// <summary>The Graph error it answers; null when it answers none.</summary>
    public GraphError? Error { get; init; }

    public static Fault From(FaultRequest request, long id)
    {
        var dead = request.DeadToken is not null;
        var token = request.DeadToken ?? request.Token;
        var code = request.Code ?? (dead ? GraphError.InvalidToken : CodeFor(request.Status));
        var status = request.Status ?? (request.Refuses && request.Body is null ? StatusFor(code) : null);
        return new()
        {
            Id = id,
            TimesLeft = request.Times,
            Dataset = request.Dataset,
            TokenFingerprint = token is null ? null : AccessToken.Fingerprint(token),
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
                    : new GraphError
                    {
                        Status = status!.Value,
                        Code = code,
                        Subcode = request.Subcode ?? (dead ? ExpiredToken : null),
                        IsTransient = request.IsTransient ?? status >= StatusCodes.Status500InternalServerError,
                        UserTitle = request.Title,
                        Message = request.Message
                            ?? (dead ? "Error validating access token: Session has expired" : "A fault of the sandbox"),
                    },
        };
    }

    public bool Strikes(string dataset, string? tokenFingerprint, IReadOnlyList<(string? Name, string? Id)> events) =>
        (Dataset is null || Dataset == dataset)
        && (TokenFingerprint is null || TokenFingerprint == tokenFingerprint)
        && (
            (EventName is null && EventId is null)
            || events.Any(e => (EventName is null || EventName == e.Name) && (EventId is null || EventId == e.Id))
        );

    private const int ExpiredToken = 463;

    /// <summary>The code Graph would give with a status. Source: Meta, "Handle Errors".</summary>
    private static int CodeFor(int? status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => GraphError.InvalidToken,
            StatusCodes.Status403Forbidden => 200,
            StatusCodes.Status429TooManyRequests => 4,
            >= StatusCodes.Status500InternalServerError => 2,
            _ => GraphError.InvalidParameter,
        };

    /// <summary>The status Graph would give with a code; throttling comes as 400.</summary>
    private static int StatusFor(int code) =>
        code switch
        {
            GraphError.InvalidToken => StatusCodes.Status401Unauthorized,
            1 or 2 => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        };
}

/// <summary>The answer of <c>GET /sandbox/faults</c>, in the order in which they are tried.</summary>
internal sealed record FaultsAnswer(int Count, IReadOnlyList<Fault> Faults);
