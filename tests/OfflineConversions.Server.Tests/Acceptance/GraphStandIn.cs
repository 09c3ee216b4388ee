using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using OfflineConversions.Sandbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// The sandbox in the test's own process: it outlives the service and remembers what came before a crash.
/// </summary>
internal sealed class GraphStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GraphStandIn(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Received = new ReceivedEvents(new HttpClient { BaseAddress = Address });
    }

    public Uri Address { get; }

    public ReceivedEvents Received { get; }

    public static async Task<GraphStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSandbox(new SandboxLimits(Events: 1_000_000, Requests: 100_000));
        var app = builder.Build();
        app.MapSandbox();
        await app.StartAsync();
        return new GraphStandIn(app);
    }

    public async ValueTask DisposeAsync()
    {
        Received.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>What a sandbox received, as seen through its routes.</summary>
internal sealed class ReceivedEvents(HttpClient http) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>All events so far, oldest first, each with the sandbox's remarks about it.</summary>
    public async Task<IReadOnlyList<JsonNode>> AllAsync() =>
        [
            .. (await http.GetFromJsonAsync<JsonNode>("/sandbox/events"))!["events"]!
                .AsArray()
                .Select(received => received!),
        ];

    /// <summary>How many requests came so far, whatever their answer.</summary>
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

    /// <summary>Waits until the events satisfy.</summary>
    /// <exception cref="TimeoutException">They never did.</exception>
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

            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"After {Patience} the sandbox still held only {events.Count} events.");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Ends all faults.</summary>
    public async Task MendAsync() => (await http.DeleteAsync("/sandbox/faults")).EnsureSuccessStatusCode();

    /// <summary>Forgets all events.</summary>
    public async Task ClearAsync() => (await http.DeleteAsync("/sandbox/events")).EnsureSuccessStatusCode();

    /// <summary>Makes the next calls go wrong; see docs/reference/sandbox.md.</summary>
    public async Task FaultAsync(string fault)
    {
        using var answer = await http.PostAsync(
            "/sandbox/faults",
            new StringContent(fault, Encoding.UTF8, "application/json")
        );
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();

    /// <summary>The id of a received event.</summary>
    public static string Id(JsonNode received) => received["eventId"]!.GetValue<string>();
}
