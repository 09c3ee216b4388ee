using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests.Alerts;

/// <summary>A webhook on a real port that remembers what it was told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<int> _failures = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Every call, in order, also those that failed.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>The notifications that were taken.</summary>
    public IReadOnlyList<JsonElement> Taken =>
        [.. Calls.Where(call => call.Status == 200).Select(call => JsonElement.Parse(call.Body))];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/hook", receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The next calls get these statuses.</summary>
    public void FailWith(params int[] statuses) => Array.ForEach(statuses, _failures.Enqueue);

    /// <summary>No further call fails.</summary>
    public void Recover() => _failures.Clear();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var status = _failures.TryDequeue(out var failure) ? failure : 200;
        Calls.Enqueue(
            new Call(
                body.ToArray(),
                context.Request.Headers["X-Signature-256"].ToString(),
                context.Request.ContentType,
                status
            )
        );
        context.Response.StatusCode = status;
    }

    internal sealed record Call(byte[] Body, string Signature, string? ContentType, int Status);
}
