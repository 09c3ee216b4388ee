using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Connections;

/// <summary>Files that change under a running process. Time is simulated, the files are real.</summary>
public abstract class ChangingConfiguration : IAsyncLifetime, IDisposable
{
    private protected const string Shop = """
        "Admin": { "ApiKey": "the-operators-key" },
        "Outbox": { "Path": "one.db" },
        "Connections": {
          "stores": { "Source": "Segment", "WriteKeys": ["stores-key", "old-stores-key"],
            "AccessToken": "t0ken", "BatchSize": 1000 },
          "shop": { "Source": "Segment", "WriteKeys": ["shop-key-1"], "AccessToken": "t0ken" },
          "gone": { "Source": "Segment", "WriteKeys": ["gone-key-1"], "AccessToken": "t0ken" }
        }
        """;

    private readonly JumpingTime _time = new();
    private ConfigurationReload? _reload;

    private protected TemporaryFolder Folder { get; } = new();

    private protected CapturedLog Log { get; } = new();

    private protected ConnectionRegistry Registry { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_reload is not null)
        {
            await _reload.StopAsync(CancellationToken.None);
            _reload.Dispose();
        }
    }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task StartAsync(string settings)
    {
        string[] args = ["--config", await WriteAsync(settings)];
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                EnvironmentName = "Production",
                ContentRootPath = Folder.Path,
            }
        );
        var (options, problems) = builder.ReadServiceOptions(args, VendorProtocols.All);
        problems.Should().BeEmpty();
        var files = ConfigurationFiles.Of(builder, options, VendorProtocols.All);
        Registry = new ConnectionRegistry(RuntimeSettings.From(options));
        _reload = new ConfigurationReload(files, Registry, _time, Log.For<ConfigurationReload>());
        await _reload.StartAsync(CancellationToken.None);
    }

    private protected async Task ChangeAsync(string settings)
    {
        await WriteAsync(settings);
        await LookAsync();
    }

    /// <summary>Lets time pass until the change was seen and told of.</summary>
    private protected async Task LookAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var lines = Log.Lines.Count;
        while (Log.Lines.Count == lines)
        {
            _time.JumpToNextTimer();
            await Task.Delay(5, patience.Token);
        }

        await Task.Delay(20, patience.Token); // The last of several lines.
    }

    private async Task<string> WriteAsync(string settings)
    {
        await File.WriteAllTextAsync(Folder.File("settings.json"), $"{{ {settings} }}");
        return Folder.File("settings.json");
    }
}
