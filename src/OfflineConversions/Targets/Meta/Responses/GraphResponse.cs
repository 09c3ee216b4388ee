namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>How far a request got.</summary>
public enum Transport
{
    /// <summary>A response arrived.</summary>
    Responded,

    /// <summary>No connection could be made: Meta has not seen the request.</summary>
    NeverSent,

    /// <summary>The request timed out or the connection broke: Meta may have accepted the events.</summary>
    InDoubt,

    /// <summary>The connection's circuit breaker is open: no request was made.</summary>
    CircuitOpen,
}

/// <summary>
/// Meta's response, as far as it could be understood. Contains none of Meta's texts, which may quote event data.
/// </summary>
public sealed record GraphResponse
{
    /// <summary>How far the request got.</summary>
    public Transport Transport { get; init; }

    /// <summary>Why there is no response of Meta.</summary>
    public Obstacle Obstacle { get; init; }

    /// <summary>For an open circuit: the failed attempt that kept it open.</summary>
    public GraphResponse? Cause { get; init; }

    /// <summary>The HTTP status; zero if no response arrived.</summary>
    public int Status { get; init; }

    /// <summary><c>events_received</c>, or <c>num_processed_entries</c> of the legacy API.</summary>
    public long? Received { get; init; }

    /// <summary>The error in the body; null if there is none. An error may come with HTTP status 200.</summary>
    public GraphError? Error { get; init; }

    /// <summary>
    /// How long Meta or a proxy asks to wait: <c>Retry-After</c> or <c>estimated_time_to_regain_access</c>.
    /// </summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The highest percentage in the usage headers; at 100 Meta throttles.</summary>
    public double Usage { get; init; }

    /// <summary>Meta's <c>fbtrace_id</c>.</summary>
    public string? TraceId { get; init; }

    /// <summary>The header <c>facebook-api-version</c>: the version that Meta has used.</summary>
    public string? ServedVersion { get; init; }

    /// <summary>Whether the header <c>x-ad-api-version-warning</c> is present.</summary>
    public bool HasVersionWarning { get; init; }

    /// <summary>
    /// Whether Meta sent it, as a count of events or a trace id shows. Responses of a gateway, a proxy or a wrong path
    /// have neither.
    /// </summary>
    public bool IsFromMeta => Received is not null || TraceId is not null;

    /// <summary>
    /// Reads a response leniently: HTML, an empty or truncated body and unknown JSON are responses without an error.
    /// </summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">The headers, such as <c>HttpResponseMessage.Headers</c>.</param>
    /// <param name="body">The body. None of Meta's texts in it is kept.</param>
    /// <param name="now">The time by the clock of the responder, for a date to retry at.</param>
    public static GraphResponse Read(
        int status,
        IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers,
        ReadOnlyMemory<byte> body,
        DateTimeOffset now
    ) => GraphResponseReader.Read(status, new ResponseHeaders(headers), body, now);

    /// <summary>The request got no response.</summary>
    public static GraphResponse None(Transport transport, Obstacle obstacle = Obstacle.None) =>
        new() { Transport = transport, Obstacle = obstacle };
}

/// <summary>Meta's error object. Source: Meta, "Handle Errors".</summary>
/// <param name="Code"><c>code</c>.</param>
/// <param name="Subcode"><c>error_subcode</c>.</param>
/// <param name="IsTransient"><c>is_transient</c>.</param>
/// <param name="EventIndex">The position of the bad event, if the error names it.</param>
/// <param name="Field">The path of the bad field within the event, if the error names it.</param>
public sealed record GraphError(
    int Code,
    int? Subcode = null,
    bool IsTransient = false,
    int? EventIndex = null,
    string? Field = null
)
{
    /// <summary>
    /// What the error is, in English words that contain nothing of the event; <see langword="null"/> for one that
    /// Meta's pages do not describe.
    /// </summary>
    public string? Title => MetaErrorTitles.Find(Code, Subcode);

    /// <summary>What the message adds to the code.</summary>
    internal ErrorMeaning Meaning { get; init; }
}
