using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace OfflineConversions.Sandbox.Tests;

/// <summary>The sandbox on a free loopback port, with the calls that tests make to it.</summary>
public sealed class RunningSandbox : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private RunningSandbox(WebApplication app, Uri address, FakeTimeProvider time)
    {
        _app = app;
        Time = time;
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public FakeTimeProvider Time { get; }

    public static async Task<RunningSandbox> Start(SandboxLimits? limits = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var time = new FakeTimeProvider(Now);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSandbox(limits);
        builder.Services.AddOpenApi();
        var app = builder.Build();
        app.MapSandbox();
        app.MapOpenApi();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new(app, new Uri(addresses.Single()), time);
    }

    /// <summary>Posts events as the service does: as JSON with the token in the body.</summary>
    public Task<HttpResponseMessage> Post(params JsonObject[] events) => Post("v26.0/123", new JsonArray([.. events]));

    public Task<HttpResponseMessage> Post(string versionAndDataset, JsonNode data, string token = "token") =>
        Post(versionAndDataset, new JsonObject { ["data"] = data, ["access_token"] = token }.ToJsonString());

    public Task<HttpResponseMessage> Post(string versionAndDataset, string body) =>
        Http.PostAsync(
            new Uri($"{versionAndDataset}/events", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, "application/json")
        );

    public async Task<JsonNode> Events(string query = "") =>
        (await Http.GetFromJsonAsync<JsonNode>($"sandbox/events{query}"))!;

    public async Task<JsonNode> Requests() => (await Http.GetFromJsonAsync<JsonNode>("sandbox/requests"))!;

    public async Task<JsonNode> LastRequest() => (await Requests())["requests"]!.AsArray()[^1]!;

    public Task<HttpResponseMessage> AddFault(string fault) =>
        Http.PostAsync(
            new Uri("sandbox/faults", UriKind.Relative),
            new StringContent(fault, Encoding.UTF8, "application/json")
        );

    public async Task<JsonNode> OpenApi() => (await Http.GetFromJsonAsync<JsonNode>("openapi/v1.json"))!;

    public async Task<JsonNode> Faults() => (await Http.GetFromJsonAsync<JsonNode>("sandbox/faults"))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

internal static class ResponseExtensions
{
    public static async Task<JsonNode> Json(this HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonNode>())!;

    public static int? Subcode(this JsonNode failure) => failure["error"]!["error_subcode"]?.GetValue<int>();
}
