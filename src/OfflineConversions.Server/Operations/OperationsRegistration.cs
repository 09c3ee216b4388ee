using OfflineConversions.Server.Graph;
using OfflineConversions.Server.Operations.Description;

namespace OfflineConversions.Server.Operations;

/// <summary>What the operator and the developer need: health, metrics, the operator's routes, the description and the banner.</summary>
public static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddSingleton<Measurements>();
        services.AddSingleton<BacklogGauges>();
        services.AddSingleton<ListeningAddress>();
        services.AddSingleton<SandboxAddress>();
        services.AddSingleton(provider => new GraphAddress(() => provider.GetRequiredService<SandboxAddress>().Current));
        services.AddHostedService<StartUpWarnings>();
        services.AddHostedService<StartUpBanner>();
        services.AddApiDescription();
        return services;
    }

    public static void MapOperations(this WebApplication app)
    {
        // Both listen from the first event on.
        _ = app.Services.GetRequiredService<Measurements>();
        _ = app.Services.GetRequiredService<BacklogGauges>();
        app.MapHealth();
        app.MapMetrics();
        app.MapAdmin();
        app.MapApiDescription();
    }
}
