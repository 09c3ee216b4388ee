using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Sandbox;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>The sandbox on a port of its own, which remembers the paths and queries it was asked for.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private RunningSandbox(WebApplication app) =>
        (_app, _http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });

    public Uri Address => _http.BaseAddress!;

    public System.Collections.Concurrent.ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<RunningSandbox> StartAsync(TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time ?? TimeProvider.System).AddSandbox();
        var app = builder.Build();
        RunningSandbox? sandbox = null;
        app.Use(
            (context, next) =>
            {
                sandbox!.Asked.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
                return next(context);
            }
        );
        app.MapSandbox();
        await app.StartAsync();
        return sandbox = new RunningSandbox(app);
    }

    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative));

    public async Task PostAsync(string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}
