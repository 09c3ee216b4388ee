using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>An application in this process, on a free port of this machine.</summary>
internal class ListeningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    protected ListeningService(WebApplication app) => _app = app;

    public int Port =>
        new Uri(
            _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;

    /// <summary>Its outbox.</summary>
    public IOutboxStore Outbox => (IOutboxStore)_app.Services.GetRequiredService<IOutbox>();

    /// <summary>The number of transactions that an outbox on SQLite has committed so far.</summary>
    public long Commits => _app.Services.GetRequiredService<SqliteOutbox>().Commits;

    /// <summary>Starts the whole service.</summary>
    public static async Task<ListeningService> StartAsync(ServiceOptions options)
    {
        var app = Server.Program.Build(Builder(), options, VendorProtocols.All);
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
