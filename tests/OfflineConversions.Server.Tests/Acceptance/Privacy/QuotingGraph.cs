using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>
/// A Graph API that quotes personal data and tokens in every text of its responses, in another way for each dataset.
/// </summary>
internal sealed class QuotingGraph : IAsyncDisposable
{
    /// <summary>The datasets that fail, each in its own way. All others accept events.</summary>
    public static readonly IReadOnlyList<string> Troubles =
    [
        "refused",
        "named",
        "halted",
        "down",
        "html",
        "redirect",
        "gone",
        "slow",
    ];

    private const string Quoted = $"{Canary.Email} {Canary.Phone} Kanariname {Canary.Token} {Canary.Address}";
    private readonly WebApplication _app;

    private QuotingGraph(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The number of requests for each dataset.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the headers that came with them.</summary>
    public ConcurrentDictionary<string, bool> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static async Task<QuotingGraph> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var graph = new QuotingGraph(app);
        app.MapPost("/{version}/{dataset}/events", graph.RespondAsync);
        await app.StartAsync();
        return graph;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task RespondAsync(HttpContext context, string dataset)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body);
        foreach (var (name, _) in context.Request.Headers)
        {
            Headers[name] = true;
        }

        Asked.AddOrUpdate(dataset, 1, (_, times) => times + 1);
        var response = context.Response;
        response.Headers["x-fb-trace-id"] = response.Headers["X-Kanari"] = response.Headers.WWWAuthenticate = Quoted;
        switch (dataset)
        {
            case "gone":
                context.Abort();
                return;
            case "slow":
                await Task.Delay(Timeout.Infinite, context.RequestAborted)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case "redirect":
                response.Redirect($"http://127.0.0.1:1/{Canary.Token}?email={Canary.Email}");
                return;
            case "html":
                response.StatusCode = 502;
                await response.WriteAsync($"<html><title>{Quoted}</title></html>");
                return;
        }

        var (status, error) = dataset switch
        {
            "refused" => (400, Error(100, 2804009, $"The address {Canary.Email} is wrong")),
            "named" => (400, Error(100, 2804009, "Wrong: Kanariname")),
            "halted" => (400, Error(190, 463, Quoted)),
            "down" => (500, Error(2, 0, Quoted)),
            _ => (
                200,
                new JsonObject
                {
                    ["events_received"] = body!["data"]!.AsArray().Count,
                    ["messages"] = new JsonArray(Quoted),
                    ["fbtrace_id"] = Quoted,
                }
            ),
        };
        response.StatusCode = status;
        await response.WriteAsync(error.ToJsonString());
    }

    private static JsonObject Error(int code, int subcode, string title) =>
        new()
        {
            ["error"] = new JsonObject
            {
                ["message"] = Quoted,
                ["type"] = Quoted,
                ["code"] = code,
                ["error_subcode"] = subcode,
                ["error_user_title"] = title,
                ["error_user_msg"] = Quoted,
                ["fbtrace_id"] = Quoted,
                ["error_data"] = new JsonObject { ["blame_field_specs"] = Quoted },
            },
        };
}
