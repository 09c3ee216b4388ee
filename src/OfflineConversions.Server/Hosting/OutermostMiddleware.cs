namespace OfflineConversions.Server.Hosting;

/// <summary>
/// What holds for every answer stands around everything else, the framework's own check of <c>AllowedHosts</c>
/// included.
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
