using Microsoft.AspNetCore.Authorization;

namespace OfflineConversions.Server.Admin;

/// <summary>Registers the operator's routes with their authentication.</summary>
internal static class AdminRegistration
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<WrongKeyLimit>();
        services.AddSingleton<Audit>();
        services.AddSingleton<OperatorWrites>();
        services.AddSingleton<ConnectionReport>();
        services.AddSingleton<PendingChanges>();
        services.AddSingleton<PendingStops.Reader>();
        services.AddSingleton<FailedChanges>();
        services.AddSingleton<PreviewConnections>();
        services.AddAuthenticationCore(authentication =>
            authentication.AddScheme<OperatorAuthentication>(OperatorAuthentication.Scheme, displayName: null)
        );
        services.AddAuthorization(authorization =>
            authorization.AddPolicy(
                OperatorAuthentication.Scheme,
                new AuthorizationPolicyBuilder(OperatorAuthentication.Scheme).RequireAuthenticatedUser().Build()
            )
        );
        return services;
    }
}
