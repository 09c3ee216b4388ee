using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Targets.Meta;

/// <summary>A Graph client whose requests reach a mock.</summary>
public abstract class GraphClientUnderTest : IAsyncDisposable
{
    private protected GraphMock Graph { get; } = new();

    private protected CapturedLog Log { get; } = new();

    private protected ServiceProvider? Services { get; private set; }

    public async ValueTask DisposeAsync()
    {
        if (Services is not null)
        {
            await Services.DisposeAsync();
        }

        Graph.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected GraphClient Client(GraphOptions? options = null)
    {
        options ??= new GraphOptions { BaseAddress = Graph.Address };
        Services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddSingleton(new Jitter(new FixedRandom(0.1)))
            .AddGraph(options, _ => new GraphAddress(() => options.BaseAddress))
            .BuildServiceProvider();
        return Services.GetRequiredService<GraphClient>();
    }

    private protected static GraphRequest Request(
        string[] events,
        string? uploadTag = null,
        string? appSecret = null,
        string? testCode = null
    ) =>
        new(
            "stores",
            MetaApi.ConversionsApi,
            "123",
            events.Select(json => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(json))).ToArray(),
            uploadTag,
            new GraphCredentials("token", appSecret, testCode)
        );
}
