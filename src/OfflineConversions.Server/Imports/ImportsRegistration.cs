namespace OfflineConversions.Server.Imports;

/// <summary>Adds imports to the container.</summary>
internal static class ImportsRegistration
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<RunningImports>();
        services.AddSingleton<ImportMeter>();
        services.AddSingleton<FileImports>();
        return services;
    }
}
