namespace OfflineConversions.Server.Targets.Meta;

/// <summary>How far a request got.</summary>
internal enum Transport
{
    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>No connection came about: Meta has seen nothing of it.</summary>
    NeverSent,

    /// <summary>Time-out or broken connection: Meta may have taken it.</summary>
    InDoubt,

    /// <summary>The connection's circuit breaker is open; no request was made.</summary>
    CircuitOpen,
}

/// <summary>
/// What Meta said, as far as it could be understood. Holds none of Meta's texts that may quote what was sent.
/// </summary>
internal sealed record GraphAnswer
{
    /// <summary>How far the request got.</summary>
    public Transport Transport { get; init; }

    /// <summary>The HTTP status; zero where there was no answer.</summary>
    public int Status { get; init; }

    /// <summary><c>events_received</c>, or <c>num_processed_entries</c> of the legacy API.</summary>
    public long? Received { get; init; }

    /// <summary>The error, where the body held one (a status of 200 is no proof of the contrary).</summary>
    public GraphError? Error { get; init; }

    /// <summary>
    /// The time Meta or a proxy asked us to wait: <c>Retry-After</c>, or <c>estimated_time_to_regain_access</c>.
    /// </summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The highest percentage of the usage headers; 100 means throttled.</summary>
    public double Usage { get; init; }

    /// <summary>Meta's <c>fbtrace_id</c>.</summary>
    public string? TraceId { get; init; }

    /// <summary>
    /// Whether it is in Meta's words: a count, or an error with Meta's trace. A gateway, a proxy and a wrong path
    /// answer in others.
    /// </summary>
    public bool IsMetas => Received is not null || TraceId is not null;

    /// <summary>No answer came.</summary>
    public static GraphAnswer None(Transport transport, TimeSpan? wait = null) =>
        new() { Transport = transport, Wait = wait };
}

/// <summary>Meta's error.</summary>
/// <param name="Code"><c>code</c>.</param>
/// <param name="Subcode"><c>error_subcode</c>.</param>
/// <param name="IsTransient"><c>is_transient</c>.</param>
/// <param name="Title">
/// <c>error_user_title</c>, localised to the token's owner, where it may be kept (<see cref="MetaText"/>).
/// </param>
/// <param name="EventIndex">The place of the event at fault, which only the legacy API names.</param>
internal sealed record GraphError(
    int Code,
    int? Subcode = null,
    bool IsTransient = false,
    string? Title = null,
    int? EventIndex = null
);
