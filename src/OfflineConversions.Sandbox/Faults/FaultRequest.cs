using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>When a connection is dropped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DropMoment>))]
internal enum DropMoment
{
    /// <summary>Before the events are taken: the request is lost.</summary>
    [JsonStringEnumMemberName("before")]
    Before,

    /// <summary>After the events are taken: the answer is lost.</summary>
    [JsonStringEnumMemberName("after")]
    After,
}

/// <summary>The body of <c>POST /sandbox/faults</c>: which calls to the Graph route go wrong, and how.</summary>
internal sealed record FaultRequest
{
    /// <summary>For how many calls. Default: for every one until faults are deleted.</summary>
    public int? Times { get; init; }

    /// <summary>The HTTP status. Default: what goes with <c>code</c>.</summary>
    public int? Status { get; init; }

    /// <summary>Graph's error code. Default: what goes with <c>status</c>.</summary>
    public int? Code { get; init; }

    /// <summary>Graph's error sub-code. Default: none.</summary>
    public int? Subcode { get; init; }

    /// <summary>Graph's <c>is_transient</c>. Default: true from status 500 on.</summary>
    public bool? IsTransient { get; init; }

    /// <summary>Graph's <c>error_user_title</c>. Default: none.</summary>
    public string? Title { get; init; }

    /// <summary>Graph's <c>message</c>. Default: a text that names the fault.</summary>
    public string? Message { get; init; }

    /// <summary>Headers added to the answer, of whichever kind. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// How long the answer, or the drop, is held back once the events are taken: a caller that gives up is left in
    /// doubt. Default: not at all.
    /// </summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Drops the connection <c>before</c> or <c>after</c> the events are taken. Default: not at all.</summary>
    public DropMoment? Drop { get; init; }

    /// <summary>
    /// Answered literally in place of Graph's answer, such as a proxy's page; no event is taken. Default: none.
    /// </summary>
    public string? Body { get; init; }

    /// <summary>The number of events a success claims. Default: the true one.</summary>
    public int? EventsReceived { get; init; }

    /// <summary>Only calls for this dataset. Default: any.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only calls with this access token. Default: any.</summary>
    public string? Token { get; init; }

    /// <summary>Only batches that hold an event of this name. Default: any.</summary>
    public string? EventName { get; init; }

    /// <summary>Only batches that hold the event of this id. Default: any.</summary>
    public string? EventId { get; init; }

    /// <summary>
    /// Short for <c>token</c> with status 401, code 190 and sub-code 463: an access token that has expired.
    /// </summary>
    public string? DeadToken { get; init; }

    /// <summary>What is wrong with it, by member. Empty when it makes sense.</summary>
    public Dictionary<string, string[]> Problems()
    {
        (bool Wrong, string Member, string Problem)[] checks =
        [
            (Times < 1, "times", "must be 1 or more; leave it out for a permanent fault"),
            (Status is < 200 or > 599, "status", "must be between 200 and 599"),
            (Status < 300 && !Refuses, "status", "below 300 changes nothing without code or body"),
            (
                Latency < TimeSpan.Zero || Latency > TimeSpan.FromMinutes(10),
                "latency",
                "must be between 00:00:00 and 00:10:00"
            ),
            (EventsReceived < 0, "eventsReceived", "must not be negative"),
            (
                EventsReceived is not null && Refuses,
                "eventsReceived",
                "belongs to a success and cannot stand beside an error"
            ),
            (
                Body is not null && (Code ?? Subcode) is not null,
                "body",
                "replaces Graph's answer and cannot stand beside code or subcode"
            ),
            (
                Drop is not null && (Refuses || EventsReceived is not null || Headers is not null),
                "drop",
                "leaves no answer and cannot stand beside one"
            ),
            (
                !Refuses
                    && (Subcode is not null || IsTransient is not null || Title is not null || Message is not null),
                "code",
                "is needed where subcode, isTransient, title or message is given"
            ),
            (
                DeadToken is not null && (Token ?? Body) is not null,
                "deadToken",
                "stands for a token and its answer and cannot stand beside token or body"
            ),
            (DeadToken is "" or not null && string.IsNullOrWhiteSpace(DeadToken), "deadToken", "must not be empty"),
            (
                Headers?.Any(header => !IsHeader(header)) == true,
                "headers",
                "must be header names with plain ASCII values"
            ),
            (
                !HasEffect,
                "status",
                "or another effect is needed: code, body, latency, drop, headers, eventsReceived, deadToken"
            ),
        ];
        return checks
            .Where(check => check.Wrong)
            .GroupBy(check => check.Member, check => $"{check.Member} {check.Problem}.", StringComparer.Ordinal)
            .ToDictionary(problems => problems.Key, problems => problems.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Whether the call is refused rather than judged by the rules.</summary>
    [JsonIgnore]
    public bool Refuses => Code is not null || Status >= 300 || Body is not null || DeadToken is not null;

    private bool HasEffect =>
        Refuses
        || (Subcode ?? EventsReceived ?? Status) is not null
        || (Title ?? Message) is not null
        || IsTransient is not null
        || Latency is not null
        || Drop is not null
        || Headers is not null;

    private static bool IsHeader(KeyValuePair<string, string> header) =>
        header.Key.Length > 0
        && header.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && header.Value.All(c => c is >= ' ' and <= '~');
}
