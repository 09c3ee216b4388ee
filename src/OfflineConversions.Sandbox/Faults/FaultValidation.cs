using OfflineConversions.Sandbox.Quality;
using OfflineConversions.Sandbox.Tokens;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>Refuses faults that contradict themselves or change nothing.</summary>
internal static class FaultValidation
{
    private static readonly TimeSpan LongestLatency = TimeSpan.FromMinutes(10);

    private static readonly Check[] Checks =
    [
        new(f => f.Times < 1, "times", "must be 1 or more; leave it out for a permanent fault"),
        new(f => f.Status is < 200 or > 599, "status", "must be between 200 and 599"),
        new(f => f.Status < 300 && !f.Refuses, "status", "below 300 changes nothing without code or body"),
        new(
            f => f.Latency < TimeSpan.Zero || f.Latency > LongestLatency,
            "latency",
            "must be between 00:00:00 and 00:10:00"
        ),
        new(f => f.EventsReceived < 0, "eventsReceived", "must not be negative"),
        new(
            f => f.EventsReceived is not null && f.Refuses,
            "eventsReceived",
            "belongs to a success and cannot be combined with an error"
        ),
        new(
            f => f.Body is not null && (f.Code ?? f.Subcode) is not null,
            "body",
            "replaces Graph's response and cannot be combined with code or subcode"
        ),
        new(
            f => f.Drop is not null && (f.Refuses || f.EventsReceived is not null || f.Headers is not null),
            "drop",
            "sends no response and cannot be combined with one"
        ),
        new(f => !f.Refuses && HasErrorDetails(f), "code", "is required with subcode, isTransient, title or message"),
        new(
            f => f.DeadToken is not null && (f.Token ?? f.Body) is not null,
            "deadToken",
            "implies a token and a response and cannot be combined with token or body"
        ),
        new(f => f.DeadToken is not null && string.IsNullOrWhiteSpace(f.DeadToken), "deadToken", "must not be empty"),
        new(
            f => f.Node is not (null or DebugTokenEndpoint.Node or DatasetQualityEndpoint.Node),
            "node",
            "must be debug_token or dataset_quality; leave it out for calls that send events"
        ),
        new(
            f => f.Node is not null && (f.Dataset ?? f.EventName ?? f.EventId) is not null,
            "node",
            "is a reading call and cannot be combined with dataset, eventName or eventId"
        ),
        new(
            f => f.Headers?.Any(header => !IsHeader(header)) == true,
            "headers",
            "must be header names with printable ASCII values"
        ),
        new(
            f => !HasEffect(f),
            "status",
            "or another effect is required: code, body, latency, drop, headers, eventsReceived, deadToken"
        ),
    ];

    /// <summary>The problems by member; empty if the fault makes sense.</summary>
    public static Dictionary<string, string[]> Problems(FaultRequest fault) =>
        Checks
            .Where(check => check.Fails(fault))
            .GroupBy(check => check.Member, check => $"{check.Member} {check.Problem}.", StringComparer.Ordinal)
            .ToDictionary(problems => problems.Key, problems => problems.ToArray(), StringComparer.Ordinal);

    private static bool HasEffect(FaultRequest fault) =>
        fault.Refuses
        || (fault.EventsReceived ?? fault.Status) is not null
        || HasErrorDetails(fault)
        || fault.Latency is not null
        || fault.Drop is not null
        || fault.Headers is not null;

    private static bool HasErrorDetails(FaultRequest fault) =>
        fault.Subcode is not null || fault.IsTransient is not null || (fault.Title ?? fault.Message) is not null;

    private static bool IsHeader(KeyValuePair<string, string> header) =>
        header.Key.Length > 0
        && header.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && header.Value.All(c => c is >= ' ' and <= '~');

    private sealed record Check(Func<FaultRequest, bool> Fails, string Member, string Problem);
}
