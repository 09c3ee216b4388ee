using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using OfflineConversions.Sandbox.Faults;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>Who makes a reading call.</summary>
/// <param name="Fingerprint">The fingerprint of the access token.</param>
/// <param name="AppId">The app of an app access token, which is the app's id and secret; null for other tokens.</param>
internal sealed record ReadCaller(string Fingerprint, string? AppId);

/// <summary>What a reading call leads to: a JSON object, or a refusal.</summary>
internal sealed record ReadResult(JsonObject? Body, SandboxError? Error)
{
    public static ReadResult Of(JsonObject body) => new(body, null);

    public static ReadResult Refused(SandboxError error) => new(null, error);
}

/// <summary>What the reading calls of Graph have in common: the token, faults, and the form of the response.</summary>
internal sealed class ReadCalls(FaultList faults, ReceivedCallNumbers numbers, TimeProvider time)
{
    public async Task Respond(string version, string node, HttpContext http, Func<ReadCaller, ReadResult> read)
    {
        var traceId = SandboxResponse.TraceId(numbers.Next());
        var token = Token(http.Request);
        var fingerprint = token is null ? null : SandboxRequest.Fingerprint(token);
        var fault = faults.TakeRead(node, fingerprint);
        if (fault?.Latency is { } latency)
        {
            await Task.Delay(latency, time, http.RequestAborted);
        }

        if (fault?.Drop is not null)
        {
            http.Abort();
            return;
        }

        var response = fault switch
        {
            { Error: { } error } => SandboxResponse.Failure(error, traceId),
            { Body: not null } => SandboxResponse.Literal(fault),
            _ when token is null => SandboxResponse.Failure(NoToken(), traceId),
            _ => Response(read(new ReadCaller(fingerprint!, AppOf(token))), traceId),
        };
        http.Response.StatusCode = response.Status;
        http.Response.ContentType = response.ContentType;
        http.Response.Headers["facebook-api-version"] = version;
        foreach (var (name, value) in fault?.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.Body.WriteAsync(response.Body, http.RequestAborted);
    }

    private static SandboxResponse Response(ReadResult result, string traceId) =>
        result.Error is { } refusal ? SandboxResponse.Failure(refusal, traceId) : SandboxResponse.Of(result.Body!);

    private static string? Token(HttpRequest http)
    {
        if (http.Query["access_token"].ToString().Trim() is { Length: > 0 } inQuery)
        {
            return inQuery;
        }

        var authorization = http.Headers[HeaderNames.Authorization].ToString();
        return
            authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && authorization["Bearer ".Length..].Trim() is { Length: > 0 } inHeader
            ? inHeader
            : null;
    }

    /// <summary>An app access token is the app's id and its secret, joined by a bar.</summary>
    private static string? AppOf(string token) =>
        token.Split('|') is [{ Length: > 0 } id, { Length: > 0 }] && id.All(char.IsAsciiDigit) ? id : null;

    private static SandboxError NoToken() =>
        new() { Code = 104, Message = "An access token is required to request this resource." };
}

/// <summary>Numbers the reading calls, for their trace ids.</summary>
internal sealed class ReceivedCallNumbers
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}
