using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Benchmarks;

/// <summary>An application on a free port of this machine.</summary>
internal class ListeningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    protected ListeningService(WebApplication app) => _app = app;

    public int Port =>
        new Uri(
            _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;

    /// <summary>Its outbox.</summary>
    public IOutboxStore Outbox => Store;

    /// <summary>Transactions the outbox has committed so far.</summary>
    public long Commits => Store.Commits;

    private SqliteOutbox Store => _app.Services.GetRequiredService<SqliteOutbox>();

    /// <summary>The whole service.</summary>
    public static async Task<ListeningService> StartAsync(ServiceOptions options)
    {
        var app = Server.Program.Build(Builder(), options);
        await app.StartAsync();
        return new ListeningService(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    protected static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateBuilder(["--Logging:LogLevel:Default=None"]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}

/// <summary>
/// The floors: bare Kestrel and an empty answer. <c>/walk</c> puts the body in a buffer and walks over its JSON once;
/// <see cref="NastyBodies.Path"/> reads it and forgets it.
/// </summary>
internal sealed class BareEndpoint : ListeningService
{
    private BareEndpoint(WebApplication app)
        : base(app) { }

    public static async Task<BareEndpoint> StartAsync()
    {
        var app = Builder().Build();
        app.MapPost("/walk", WalkAsync);
        app.MapPost(NastyBodies.Path, context => context.Request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        return new BareEndpoint(app);
    }

    private static async Task WalkAsync(HttpContext context)
    {
        var body = new byte[context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body);
        Mapping.Walk(body);
        context.Response.ContentLength = 0;
    }
}
