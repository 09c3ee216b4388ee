using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Rules;
using OfflineConversions.Sandbox.Tokens;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>
/// Stands in for Graph: reads the call, plays a fault if one matches, otherwise applies the rules, keeps the events and
/// responds.
/// </summary>
internal sealed partial class GraphEndpoint(
    FaultList faults,
    ReceivedEvents events,
    ReceivedRequests requests,
    TokenList tokens,
    TimeProvider time,
    ILogger<GraphEndpoint> logger
)
{
    public async Task Post(string version, string dataset, HttpContext http)
    {
        var (started, id) = (time.GetTimestamp(), requests.NextId());
        _ = GraphVersion.TryParse(version, out var graphVersion);
        using var request = await SandboxRequestReader.Read(http.Request);
        var call = new SandboxCall(id, time.GetUtcNow(), graphVersion, dataset, request);

        var fault = faults.Take(dataset, request);
        var outcome = fault is { Drop: DropMoment.Before } ? CallOutcome.Dropped : Process(call, fault);
        var responds = await Delay(fault, http.RequestAborted) && fault?.Drop is null;

        requests.Add(call.ReceivedRequest(http.Request, fault, outcome, responds, time.GetElapsedTime(started)));
        if (responds)
        {
            await Send(http.Response, call, outcome.Response!, fault);
        }
        else
        {
            http.Abort();
        }
    }

    private CallOutcome Process(SandboxCall call, Fault? fault)
    {
        var traceId = SandboxResponse.TraceId(call.Id);
        if (fault is { Body: not null } or { Error: not null })
        {
            var response = fault.Error is { } error
                ? SandboxResponse.Failure(error, traceId)
                : SandboxResponse.Literal(fault);
            return new(response, null);
        }

        if (
            call.Request.TokenFingerprint is { } fingerprint
            && tokens.Find(fingerprint).Refusal(call.Dataset, call.Time) is { } noAccess
        )
        {
            return new(SandboxResponse.Failure(noAccess, traceId), null);
        }

        var check = BatchCheck.Of(call.Request, call.Version, call.Time);
        if (check.Error is { } refusal)
        {
            Log.Refused(
                logger,
                call.Request.Events.Length,
                call.Dataset,
                check.Violation?.Rule.Name ?? "batch",
                refusal.Code,
                refusal.Subcode
            );
            return new(SandboxResponse.Failure(refusal, traceId), check);
        }

        events.Add(call.ReceivedEvents(check.Notes));
        var count = fault?.EventsReceived ?? call.Request.Events.Length;
        return new(SandboxResponse.Success(call.Request.Shape, call.Dataset, count, traceId), check);
    }

    /// <summary>Waits for the fault's latency. False if the caller gives up in the meantime.</summary>
    private async Task<bool> Delay(Fault? fault, CancellationToken callerGone)
    {
        try
        {
            await Task.Delay(fault?.Latency ?? TimeSpan.Zero, time, callerGone);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task Send(HttpResponse http, SandboxCall call, SandboxResponse response, Fault? fault)
    {
        http.StatusCode = response.Status;
        http.ContentType = response.ContentType;
        http.Headers["facebook-api-version"] = call.Version.ToString();
        foreach (var (name, value) in fault?.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            http.Headers[name] = value;
        }

        await http.Body.WriteAsync(response.Body, http.HttpContext.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Sandbox refused {Events} events for dataset {Dataset}: {Rule}, code {Code}, subcode {Subcode}"
        )]
        public static partial void Refused(
            ILogger logger,
            int events,
            string dataset,
            string rule,
            int code,
            int? subcode
        );
    }
}
