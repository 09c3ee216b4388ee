namespace OfflineConversions.Server.Doctor;

internal static class DoctorRegistration
{
    /// <summary>Registers the tests of connections, and the daily check of their tokens.</summary>
    public static IServiceCollection AddDoctor(this IServiceCollection services)
    {
        services.AddConnectionTests();
        services.AddSingleton<TokenMetrics>();
        services.AddHostedService<DailyCheck>();
        return services;
    }

    /// <summary>Registers what tests connections when asked to.</summary>
    public static IServiceCollection AddConnectionTests(this IServiceCollection services)
    {
        services.AddSingleton<TokenFindings>();
        services.AddSingleton<SharedFindings>();
        services.AddTransient<ConnectionTest>();
        services.AddTransient<TokenLookup>();
        services.AddTransient<TokenInspection>();
        services.AddTransient<ConnectionDiagnosis>();
        return services;
    }
}
