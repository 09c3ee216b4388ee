using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>Puts Graph into the container.</summary>
internal static class GraphRegistration
{
    private const int LongestAnswerBytes = 1024 * 1024;

    /// <summary>Adds <see cref="GraphClient"/> and what it needs.</summary>
    public static IServiceCollection AddGraph(this IServiceCollection services, ServiceOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Jitter(new Random()));
        services.AddMetrics();
        services.AddSingleton(options.Graph);
        services.TryAddSingleton(new GraphAddress(() => options.Graph.BaseAddress));
        services.AddSingleton<GraphResilience>();
        services.AddSingleton<GraphMetrics>();
        services
            .AddHttpClient<GraphClient>(http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan; // the pipeline's time-out rules
                http.MaxResponseContentBufferSize = LongestAnswerBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false, // a redirect would carry the token elsewhere
                    UseCookies = false,
                    Proxy = new ProxyBeyondThisMachine(HttpClient.DefaultProxy),
                    ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(), // what callers sent along for tracing is not Meta's
                    AutomaticDecompression = DecompressionMethods.All,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS
                }
            )
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        return services;
    }
}
