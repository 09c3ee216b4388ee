using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Benchmarks.Importing;

/// <summary>Accepts every request as Graph does, and counts how often each row of a table arrived.</summary>
internal sealed class CountingMeta : IAsyncDisposable
{
    private readonly int[] _arrivals;
    private readonly WebApplication _app;

    /// <param name="port">Its port, on which nothing listens before it is started.</param>
    /// <param name="rows">The rows of the table, whose order numbers are <c>o0</c>, <c>o1</c> and so on.</param>
    public CountingMeta(int port, int rows)
    {
        _arrivals = new int[rows];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _app = builder.Build();
        _app.MapPost("/{version}/{dataset}/events", AcceptAsync);
    }

    /// <summary>How often the order of each row arrived.</summary>
    public IReadOnlyList<int> Arrivals => _arrivals;

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AcceptAsync(HttpContext context)
    {
        var body = new byte[context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body);
        var events = Count(body);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"events_received":{{events}},"messages":[],"fbtrace_id":"Abc"}""");
    }

    private int Count(ReadOnlySpan<byte> body)
    {
        var events = 0;
        var mark = "\"order_id\":\"o"u8;
        for (var at = body.IndexOf(mark); at >= 0; at = body.IndexOf(mark))
        {
            body = body[(at + mark.Length)..];
            var digits = body[..body.IndexOf((byte)'"')];
            Interlocked.Increment(ref _arrivals[int.Parse(digits, CultureInfo.InvariantCulture)]);
            events++;
        }

        return events;
    }
}
