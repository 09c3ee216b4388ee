using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OfflineConversions.Meta;

/// <summary>Registers <see cref="MetaConversionsClient"/>.</summary>
public static class MetaConversionsRegistration
{
    /// <summary>The name of the HTTP client behind it, for those who add a handler, such as a proxy's.</summary>
    public const string HttpClientName = "OfflineConversions.Meta";

    /// <summary>Registers the client of one account.</summary>
    /// <param name="services">The services of your host.</param>
    /// <param name="configure">Sets at least the access token. Invalid settings throw on the first use.</param>
    public static IServiceCollection AddMetaConversions(
        this IServiceCollection services,
        Action<MetaConversionsOptions> configure
    )
    {
        services.AddParts(Options.DefaultName, configure);
        return services.AddSingleton(provider => Create(provider, Options.DefaultName));
    }

    /// <summary>Registers the client of one of several accounts, as a keyed service.</summary>
    /// <param name="services">The services of your host.</param>
    /// <param name="name">The account's name: the key of the client.</param>
    /// <param name="configure">Sets at least the access token. Invalid settings throw on the first use.</param>
    public static IServiceCollection AddMetaConversions(
        this IServiceCollection services,
        string name,
        Action<MetaConversionsOptions> configure
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.AddParts(name, configure);
        return services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
    }

    private static void AddParts(
        this IServiceCollection services,
        string name,
        Action<MetaConversionsOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Jitter(new Random()));
        services.AddHttpClient(HttpClientName).ForGraph(GraphHttpHandler.Create);
        services.Configure(name, configure);
    }

    private static MetaConversionsClient Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<MetaConversionsOptions>>().Get(name);
        if (options.Problem is { } problem)
        {
            throw new OptionsValidationException(name, typeof(MetaConversionsOptions), [problem]);
        }

        var time = services.GetRequiredService<TimeProvider>();
        var pipelines = new GraphPipelines(
            options.Timeout,
            time,
            services.GetRequiredService<Jitter>(),
            services.GetRequiredService<ILoggerFactory>()
        );
        var graph = new GraphClient(
            services.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName),
            new GraphAddress(() => options.BaseAddress),
            new PackageHost(options),
            pipelines,
            time
        );
        var credentials = new GraphCredentials(
            options.AccessToken,
            options.AppSecret,
            options.TestEventCode,
            options.PartnerAgent
        );
        return new MetaConversionsClient(graph, pipelines, credentials);
    }
}
