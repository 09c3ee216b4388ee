using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>The daily look at the token of one connection, as one replica does it, with the sandbox as Meta.</summary>
internal sealed class CheckedConnection : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Connection _connection;

    /// <param name="sandbox">Stands in for Meta.</param>
    /// <param name="time">The clock of the check.</param>
    /// <param name="replicas">The other replicas.</param>
    public CheckedConnection(RunningSandbox sandbox, TimeProvider time, IReplicaStore replicas)
    {
        var options = new ServiceOptions();
        options.Connections["com"] = new ConnectionOptions
        {
            Source = EventSources.All.Definitions.First(source => source.Name == "CommandersAct"),
            AccessToken = new Secret("t0ken"),
            DatasetId = "4",
        };
        var connections = new ConnectionRegistry(RuntimeSettings.From(options));
        _connection = connections.All.Single();
        _services = new ServiceCollection()
            .AddSingleton(time)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddSingleton(new Jitter(new FixedRandom(0.5)))
            .AddSingleton(connections)
            .AddSingleton(replicas)
            .AddSingleton<LeasedTask>()
            .AddGraph(new GraphOptions { BaseAddress = sandbox.Address }, _ => new GraphAddress(() => sandbox.Address))
            .AddDoctor()
            .BuildServiceProvider();
    }

    public CapturedLog Log { get; } = new();

    public string Logged => string.Join('\n', Log.Lines.Select(line => line.Text));

    public GraphVersions Versions => _services.GetRequiredService<GraphVersions>();

    public TokenFinding? Finding => _services.GetRequiredService<TokenFindings>().Of(_connection);

    public async Task<DailyCheck> StartAsync()
    {
        var check = _services.GetServices<IHostedService>().OfType<DailyCheck>().Single();
        await check.StartAsync(CancellationToken.None);
        return check;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
