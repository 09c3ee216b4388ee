using System.Runtime.InteropServices;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>One call in progress, and the records that the sandbox keeps of it.</summary>
internal sealed record SandboxCall(
    long Id,
    DateTimeOffset Time,
    GraphVersion Version,
    string Dataset,
    SandboxRequest Request
)
{
    /// <summary>The events as the sandbox keeps them, each with its notes.</summary>
    public List<ReceivedEvent> ReceivedEvents(IReadOnlyList<IReadOnlyList<string>> notes)
    {
        var version = Version.ToString();
        return
        [
            .. Request
                .Events.Zip(Request.Identities(), notes)
                .Select(e => new ReceivedEvent
                {
                    RequestId = Id,
                    ReceivedAt = Time,
                    Dataset = Dataset,
                    Version = version,
                    Api = Request.Shape,
                    UploadTag = Request.Fields.UploadTag,
                    TestEventCode = Request.Fields.TestEventCode,
                    PartnerAgent = Request.Fields.PartnerAgent,
                    EventName = e.Second.Name!,
                    EventId = e.Second.Id,
                    Notes = e.Third,
                    Event = new(JsonMarshal.GetRawUtf8Value(e.First).ToArray()),
                }),
        ];
    }

    /// <summary>The call as the sandbox keeps it: without its token and its events.</summary>
    public ReceivedRequest ReceivedRequest(
        HttpRequest http,
        Fault? fault,
        CallOutcome outcome,
        bool responded,
        TimeSpan duration
    ) =>
        new()
        {
            Id = Id,
            Time = Time,
            Method = http.Method,
            Path = http.Path.ToString(),
            Status = responded ? outcome.Response!.Status : null,
            Api = Request.Shape,
            Events = Request.Events.Length,
            Stored = outcome.Check is { Error: null } ? Request.Events.Length : 0,
            ErrorCode = outcome.Response?.Error?.Code,
            ErrorSubcode = outcome.Response?.Error?.Subcode,
            Rule = outcome.Check?.Violation?.Rule.Name,
            EventIndex = outcome.Check?.EventIndex,
            ErrorPath = outcome.Check?.Violation?.Path,
            Duration = duration,
            Bytes = Request.Bytes,
            Fault = fault?.Id,
            TokenFingerprint = Request.TokenFingerprint,
            TokenIn = Request.TokenIn,
            AppSecretProof = Request.Fields.AppSecretProof is not null,
            UploadTag = Request.Fields.UploadTag,
            TestEventCode = Request.Fields.TestEventCode,
        };
}

/// <summary>What a call leads to.</summary>
/// <param name="Response">Null if a fault drops the connection before the events are processed.</param>
/// <param name="Check">Null if a fault decides the response, so the rules are not applied.</param>
internal sealed record CallOutcome(SandboxResponse? Response, BatchCheck? Check)
{
    public static readonly CallOutcome Dropped = new(null, null);
}
