using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using OfflineConversions.Sandbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// The sandbox in the process of the test. It outlives the service, so it still has what was sent before a crash.
/// </summary>
internal sealed class SandboxGraph : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxGraph(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Received = new ReceivedEvents(new HttpClient { BaseAddress = Address });
    }

    public Uri Address { get; }

    public ReceivedEvents Received { get; }

    public static async Task<SandboxGraph> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSandbox(new SandboxLimits(Events: 1_000_000, Requests: 100_000));
        var app = builder.Build();
        app.MapSandbox();
        await app.StartAsync();
        return new SandboxGraph(app);
    }

    public async ValueTask DisposeAsync()
    {
        Received.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>What a sandbox received, as its routes show it.</summary>
internal sealed class ReceivedEvents(HttpClient http) : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>All events so far, oldest first, each with the sandbox's findings about it.</summary>
    public async Task<IReadOnlyList<JsonNode>> AllAsync() =>
        [
            .. (await http.GetFromJsonAsync<JsonNode>("/sandbox/events"))!["events"]!
                .AsArray()
                .Select(received => received!),
        ];

    /// <summary>The number of requests so far, including those that failed.</summary>
    public async Task<long> RequestsAsync() =>
        (await http.GetFromJsonAsync<JsonNode>("/sandbox/requests?limit=1"))!["received"]!.GetValue<long>();

    /// <summary>The fingerprint of the token of each request.</summary>
    public async Task<IReadOnlyDictionary<long, string>> TokensAsync() =>
        (await http.GetFromJsonAsync<JsonNode>("/sandbox/requests"))!["requests"]!
            .AsArray()
            .ToDictionary(
                request => request!["id"]!.GetValue<long>(),
                request => request!["tokenFingerprint"]!.GetValue<string>()
            );

    /// <summary>Waits until the events satisfy a condition.</summary>
    /// <exception cref="TimeoutException">They do not within half a minute.</exception>
    public async Task<IReadOnlyList<JsonNode>> UntilAsync(Func<IReadOnlyList<JsonNode>, bool> satisfied)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var events = await AllAsync();
            if (satisfied(events))
            {
                return events;
            }

            if (TimeProvider.System.GetElapsedTime(began) > MaxWait)
            {
                throw new TimeoutException($"After {MaxWait} the sandbox has only {events.Count} events.");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Removes all faults.</summary>
    public async Task ClearFaultsAsync() => (await http.DeleteAsync("/sandbox/faults")).EnsureSuccessStatusCode();

    /// <summary>Removes all events.</summary>
    public async Task ClearAsync() => (await http.DeleteAsync("/sandbox/events")).EnsureSuccessStatusCode();

    /// <summary>Makes the next requests fail; see docs/reference/sandbox.md.</summary>
    public async Task FaultAsync(string fault)
    {
        using var response = await http.PostAsync(
            "/sandbox/faults",
            new StringContent(fault, Encoding.UTF8, "application/json")
        );
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();

    /// <summary>The id of a received event.</summary>
    public static string Id(JsonNode received) => received["eventId"]!.GetValue<string>();
}
