using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Meta;

/// <summary>Sets up HTTP clients with the handler and the limits that requests with a token need.</summary>
internal static class GraphClientRegistration
{
    private const int LongestResponseBytes = 1024 * 1024;

    /// <summary>
    /// Registers <see cref="GraphClient"/>. The caller registers <see cref="GraphAddress"/> and
    /// <see cref="IGraphHost"/>.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="timeout">The time limit of one attempt.</param>
    public static IServiceCollection AddGraphClient(this IServiceCollection services, TimeSpan timeout)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Jitter(new Random()));
        services.AddLogging();
        services.AddSingleton(provider => new GraphPipelines(
            timeout,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Jitter>(),
            provider.GetRequiredService<ILoggerFactory>()
        ));
        services.AddHttpClient<GraphClient>().ForGraph(GraphHttpHandler.Create);
        return services;
    }

    /// <summary>Makes it a client of Graph.</summary>
    /// <param name="client">The client.</param>
    /// <param name="handler">One of <see cref="GraphHttpHandler"/>.</param>
    public static IHttpClientBuilder ForGraph(this IHttpClientBuilder client, Func<HttpMessageHandler> handler) =>
        client
            .ConfigureHttpClient(http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan; // the call has the timeout
                http.MaxResponseContentBufferSize = LongestResponseBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(handler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers(); // they would log URLs
}
