using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests;

/// <summary>A web server that responds as a test says, for what the real service cannot be brought to do.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedService(WebApplication app) => _app = app;

    /// <summary>The environment of someone who calls it.</summary>
    public Dictionary<string, string> Variables =>
        new() { [ServiceAddress.Variable] = _app.Urls.Single(), [OperatorKey.Variable] = RunningService.Key };

    public static async Task<ScriptedService> StartAsync(RequestDelegate respond)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(respond);
        await app.StartAsync();
        return new ScriptedService(app);
    }

    /// <summary>Responds to everything in the same way.</summary>
    public static Task<ScriptedService> StartAsync(int status, string body, string type, string? retryAfter = null) =>
        StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.Headers.RetryAfter = retryAfter;
            await context.Response.WriteAsync(body);
        });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
