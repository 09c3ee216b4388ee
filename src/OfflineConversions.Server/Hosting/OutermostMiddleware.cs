namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Runs security headers and status pages around all other middleware, so that they also apply to the framework's own
/// check of <c>AllowedHosts</c>.
/// </summary>
internal sealed class OutermostMiddleware : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.UseSecurityHeaders();
            app.UseStatusCodePages();
            next(app);
        };
}
