namespace OfflineConversions.Server.Quality;

internal static class QualityRegistration
{
    /// <summary>Registers the report on quality.</summary>
    public static IServiceCollection AddQuality(this IServiceCollection services)
    {
        services.AddSingleton<MetaQuality>();
        services.AddSingleton<QualityReport>();
        return services;
    }
}
