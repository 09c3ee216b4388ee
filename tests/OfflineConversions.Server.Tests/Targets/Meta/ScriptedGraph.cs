using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OfflineConversions.Json;

namespace OfflineConversions.Server.Tests.Targets.Meta;

/// <summary>
/// A server on a real socket that responds from a script and records every request byte for byte. It can do what
/// WireMock and the sandbox cannot: hang up, hold responses back, and follow a simulated clock.
/// </summary>
internal sealed class ScriptedGraph : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Scripted> _script = new();
    private readonly ConcurrentQueue<Received> _requests = new();
    private readonly TimeProvider _time;
    private int _held;

    private ScriptedGraph(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(RespondAsync);
    }

    /// <summary>The address it listens on.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>The requests received, in order.</summary>
    public IReadOnlyList<Received> Requests => [.. _requests];

    /// <summary>How many responses are being held back.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>The response when the script is empty. Default: Meta accepts everything.</summary>
    public Func<Received, Scripted> Otherwise { get; set; } = request => Scripted.Taken(request.Events.Count);

    public static async Task<ScriptedGraph> StartAsync(TimeProvider? time = null)
    {
        var graph = new ScriptedGraph(time ?? TimeProvider.System);
        await graph._app.StartAsync();
        return graph;
    }

    /// <summary>Adds the next responses, in order.</summary>
    public ScriptedGraph Then(params Scripted[] answers)
    {
        foreach (var answer in answers)
        {
            _script.Enqueue(answer);
        }

        return this;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task RespondAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var request = new Received(
            http.Request.Path + http.Request.QueryString,
            http.Request.ContentType,
            http.Request.ContentLength,
            Encoding.UTF8.GetString(body.ToArray()),
            _time.GetUtcNow()
        );
        _requests.Enqueue(request);
        var answer = _script.TryDequeue(out var scripted) ? scripted : Otherwise(request);
        if (answer.Gate is { } gate)
        {
            await Task.WhenAny(gate.WaitAsync(http.RequestAborted));
        }

        if (answer.Takes > TimeSpan.Zero)
        {
            await HoldAsync(answer.Takes);
        }

        if (answer.HangsUp)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(answer.Body);
    }

    private async Task HoldAsync(TimeSpan time)
    {
        var over = Task.Delay(time, _time);
        Interlocked.Increment(ref _held);
        await over;
        Interlocked.Decrement(ref _held);
    }
}

/// <summary>One recorded request.</summary>
internal sealed record Received(string Path, string? ContentType, long? ContentLength, string Body, DateTimeOffset At)
{
    /// <summary>The events, as they appear in <c>data</c>.</summary>
    public IReadOnlyList<string> Events { get; } =
    [
        .. JsonDocument
            .Parse(Body, JsonLimits.Document)
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Select(e => e.GetRawText()),
    ];

    /// <summary>A string member at the root of the body.</summary>
    public string? this[string name] =>
        JsonDocument.Parse(Body, JsonLimits.Document).RootElement.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;
}

/// <summary>One scripted response.</summary>
internal sealed record Scripted(int Status, string Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public bool HangsUp { get; init; }

    public Task? Gate { get; init; }

    public TimeSpan Takes { get; init; }

    public static Scripted Taken(int events) =>
        new(
            200,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"events_received":{{events}},"messages":[],"fbtrace_id":"T1"}"""
            )
        );

    public static Scripted Error(int code, int? subcode = null, int status = 400, bool transient = false) =>
        new(
            status,
            JsonSerializer.Serialize(
                new
                {
                    error = new
                    {
                        message = "clear@example.com is bad",
                        type = "OAuthException",
                        code,
                        error_subcode = subcode,
                        is_transient = transient,
                        error_user_title = "Title",
                        error_user_msg = "clear@example.com",
                        fbtrace_id = "T2",
                    },
                }
            )
        );

    public static Scripted Down(int status = 503) => new(status, "<html>down</html>");

    public static Scripted HangUp() => new(0, "") { HangsUp = true };

    /// <summary>Responds once the gate opens.</summary>
    public Scripted After(Task gate) => this with { Gate = gate };

    /// <summary>Responds after this long.</summary>
    public Scripted Taking(TimeSpan time) => this with { Takes = time };

    public Scripted With(string header, string value) => this with { Headers = new(Headers) { [header] = value } };
}
