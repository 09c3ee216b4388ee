using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Delivering;

/// <summary>
/// Accepts every request as Graph does, after a latency, and does nothing else: it reads the body and counts its events
/// by their bytes, because all of them have the same size.
/// </summary>
internal sealed class StandInForMeta : ListeningService
{
    private long _bytesPerEvent = 1;
    private TimeSpan _latency;
    private long _awaited;
    private long _received;
    private long _firstAt;
    private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StandInForMeta(WebApplication app)
        : base(app) { }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The requests since the last <see cref="Await"/>.</summary>
    public int Requests { get; private set; }

    public static async Task<StandInForMeta> StartAsync()
    {
        var app = Builder().Build();
        var meta = new StandInForMeta(app);
        app.MapPost("/{version}/{dataset}/events", meta.AcceptAsync);
        await app.StartAsync();
        return meta;
    }

    /// <summary>Sets the latency, and counts from now on.</summary>
    /// <param name="events">The events that are expected.</param>
    /// <param name="payloadBytes">The bytes of one payload.</param>
    /// <param name="latency">The time between a request and its response.</param>
    public void Await(int events, int payloadBytes, TimeSpan latency)
    {
        (_awaited, _bytesPerEvent, _latency) = (events, payloadBytes + 1, latency);
        (_received, _firstAt, Requests) = (0, 0, 0);
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Accepts requests of any payloads: their events are counted by reading them.</summary>
    public void Accept(TimeSpan latency) => (_bytesPerEvent, _latency) = (0, latency);

    /// <summary>Waits for all events.</summary>
    /// <returns>The events a second from the first request to the last response.</returns>
    public async Task<double> RateAsync()
    {
        await _all.Task;
        return _awaited / Stopwatch.GetElapsedTime(_firstAt).TotalSeconds;
    }

    private async Task AcceptAsync(HttpContext context)
    {
        Interlocked.CompareExchange(ref _firstAt, Stopwatch.GetTimestamp(), 0);
        var body = _bytesPerEvent == 0 ? await ReadAsync(context) : [];
        await context.Request.Body.CopyToAsync(Stream.Null);
        if (_latency > TimeSpan.Zero)
        {
            await Task.Delay(_latency);
        }

        var events =
            _bytesPerEvent == 0
                ? body.AsSpan().Count("\"event_name\":"u8)
                : context.Request.ContentLength!.Value / _bytesPerEvent;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"events_received":{{events}},"messages":[],"fbtrace_id":"Abc"}""");
        lock (_all)
        {
            Requests++;
            _received += events;
            if (_received >= _awaited)
            {
                _all.TrySetResult();
            }
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var body = new byte[context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body);
        return body;
    }
}
