using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>When a connection is dropped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DropMoment>))]
internal enum DropMoment
{
    /// <summary>Before the events are accepted: the request is lost.</summary>
    [JsonStringEnumMemberName("before")]
    Before,

    /// <summary>After the events are accepted: the response is lost.</summary>
    [JsonStringEnumMemberName("after")]
    After,
}

/// <summary>The body of <c>POST /sandbox/faults</c>: which calls to the Graph route fail, and how.</summary>
internal sealed record FaultRequest
{
    /// <summary>How many calls it affects. Default: all, until the faults are deleted.</summary>
    public int? Times { get; init; }

    /// <summary>The HTTP status. Default: the one that Graph sends with <c>code</c>.</summary>
    public int? Status { get; init; }

    /// <summary>Graph's error code. Default: the one that Graph sends with <c>status</c>.</summary>
    public int? Code { get; init; }

    /// <summary>Graph's error subcode. Default: none.</summary>
    public int? Subcode { get; init; }

    /// <summary>Graph's <c>is_transient</c>. Default: true for code 2, the default of 5xx.</summary>
    public bool? IsTransient { get; init; }

    /// <summary>Graph's <c>error_user_title</c>. Default: none.</summary>
    public string? Title { get; init; }

    /// <summary>Graph's <c>message</c>. Default: a text that mentions the sandbox.</summary>
    public string? Message { get; init; }

    /// <summary>Headers to add to the response, whether it is a success or an error. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// How long to hold back the response, or the drop, after the events are accepted. A caller that times out cannot
    /// know whether they were. Default: no delay. Limit: 10 minutes.
    /// </summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>
    /// Drops the connection <c>before</c> or <c>after</c> the events are accepted. Default: the connection is kept.
    /// </summary>
    public DropMoment? Drop { get; init; }

    /// <summary>
    /// A literal body, such as a proxy's page, to send instead of Graph's response. No event is accepted. Default:
    /// none.
    /// </summary>
    public string? Body { get; init; }

    /// <summary>The number of events that a success reports. Default: the true one.</summary>
    public int? EventsReceived { get; init; }

    /// <summary>
    /// Affects only reading calls to this node, <c>debug_token</c> or <c>dataset_quality</c>. Default: only calls that
    /// send events.
    /// </summary>
    public string? Node { get; init; }

    /// <summary>Affects only calls for this dataset. Default: any.</summary>
    public string? Dataset { get; init; }

    /// <summary>Affects only calls with this access token. Default: any.</summary>
    public string? Token { get; init; }

    /// <summary>Affects only batches that contain an event of this name. Default: any.</summary>
    public string? EventName { get; init; }

    /// <summary>Affects only batches that contain the event with this id. Default: any.</summary>
    public string? EventId { get; init; }

    /// <summary>
    /// Shorthand for <c>token</c> with status 401, code 190 and subcode 463: an access token that has expired.
    /// </summary>
    public string? DeadToken { get; init; }

    /// <summary>Whether the fault refuses the call, so that the rules are not applied.</summary>
    [JsonIgnore]
    public bool Refuses => Code is not null || Status >= 300 || Body is not null || DeadToken is not null;
}
