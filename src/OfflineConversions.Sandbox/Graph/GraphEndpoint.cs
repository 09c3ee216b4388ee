using System.Runtime.InteropServices;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>
/// Plays Graph: reads the call, plays a fault if one fits, else applies the rules, keeps the events and answers.
/// </summary>
internal sealed partial class GraphEndpoint(
    FaultList faults,
    ReceivedEvents events,
    ReceivedRequests requests,
    TimeProvider time,
    ILogger<GraphEndpoint> logger
)
{
    public async Task Post(string version, string dataset, HttpContext http)
    {
        var (started, id) = (time.GetTimestamp(), requests.NextId());
        _ = GraphVersion.TryParse(version, out var graphVersion);
        using var request = await GraphRequest.Read(http.Request);
        var call = new Call(id, time.GetUtcNow(), graphVersion, dataset, request);

        var fault = faults.Take(dataset, request);
        var (answer, verdict) = fault is { Drop: DropMoment.Before } ? (null, null) : Answer(call, fault);
        var answered = await HeldBack(fault, http.RequestAborted) && fault?.Drop is null;

        requests.Add(
            new()
            {
                Id = id,
                Time = call.Time,
                Method = http.Request.Method,
                Path = http.Request.Path.ToString(),
                Status = answered ? answer!.Status : null,
                Api = request.Shape,
                Events = request.Events.Length,
                Stored = verdict is { Error: null } ? request.Events.Length : 0,
                ErrorCode = answer?.Error?.Code,
                ErrorSubcode = answer?.Error?.Subcode,
                Rule = verdict?.Violation?.Rule.Name,
                EventIndex = verdict?.EventIndex,
                ErrorPath = verdict?.Violation?.Path,
                Duration = time.GetElapsedTime(started),
                Bytes = request.Bytes,
                Fault = fault?.Id,
                TokenFingerprint = request.TokenFingerprint,
                TokenIn = request.TokenIn,
                AppSecretProof = request.AppSecretProof is not null,
                UploadTag = request.UploadTag,
                TestEventCode = request.TestEventCode,
            }
        );

        await (answered ? Send(http.Response, call, answer!, fault) : Drop(http));
    }

    private (GraphAnswer Answer, Verdict? Verdict) Answer(Call call, Fault? fault)
    {
        var traceId = GraphAnswer.TraceId(call.Id);
        if (fault is { Body: not null } or { Error: not null })
        {
            return (fault.Error is { } error ? GraphAnswer.Failure(error, traceId) : GraphAnswer.Literal(fault), null);
        }

        var verdict = Verdict.Of(call.Request, call.Version, call.Time);
        if (verdict.Error is { } refusal)
        {
            LogRefused(
                logger,
                call.Request.Events.Length,
                call.Dataset,
                verdict.Violation?.Rule.Name ?? "batch",
                refusal.Code,
                refusal.Subcode
            );
            return (GraphAnswer.Failure(refusal, traceId), verdict);
        }

        events.Add(call.Kept(verdict.Notes));
        return (
            GraphAnswer.Success(
                call.Request.Shape,
                call.Dataset,
                fault?.EventsReceived ?? call.Request.Events.Length,
                traceId
            ),
            verdict
        );
    }

    /// <summary>Waits as the fault says; false when the caller gave up meanwhile.</summary>
    private async Task<bool> HeldBack(Fault? fault, CancellationToken gone)
    {
        try
        {
            await Task.Delay(fault?.Latency ?? TimeSpan.Zero, time, gone);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task Send(HttpResponse response, Call call, GraphAnswer answer, Fault? fault)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers["facebook-api-version"] = call.Version.ToString();
        foreach (var (name, value) in fault?.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            response.Headers[name] = value;
        }

        await response.Body.WriteAsync(answer.Body, response.HttpContext.RequestAborted);
    }

    private static Task Drop(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Sandbox refused {Events} events for dataset {Dataset}: {Rule}, code {Code}, sub-code {Subcode}"
    )]
    private static partial void LogRefused(
        ILogger logger,
        int events,
        string dataset,
        string rule,
        int code,
        int? subcode
    );

    /// <summary>One call under way.</summary>
    private sealed record Call(long Id, DateTimeOffset Time, GraphVersion Version, string Dataset, GraphRequest Request)
    {
        public List<ReceivedEvent> Kept(IReadOnlyList<IReadOnlyList<string>> notes)
        {
            var version = Version.ToString();
            return
            [
                .. Request
                    .Events.Zip(Request.Names(), notes)
                    .Select(e => new ReceivedEvent
                    {
                        RequestId = Id,
                        ReceivedAt = Time,
                        Dataset = Dataset,
                        Version = version,
                        Api = Request.Shape,
                        UploadTag = Request.UploadTag,
                        TestEventCode = Request.TestEventCode,
                        EventName = e.Second.Name!,
                        EventId = e.Second.Id,
                        Notes = e.Third,
                        Event = new(JsonMarshal.GetRawUtf8Value(e.First).ToArray()),
                    }),
            ];
        }
    }
}
