using System.Net;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// A separate port for the operator's routes, if <c>Admin:Port</c> is set. Every port serves the health routes. The
/// port of the connection decides, not a header.
/// </summary>
internal static class OperatorPort
{
    private const string Endpoints = "Kestrel:Endpoints";
    private static readonly string[] Operators = ["/console", "/api", "/metrics", "/swagger", "/openapi", "/sandbox"];
    private static readonly string[] Everywhere = ["/healthz", "/readyz"];

    /// <summary>
    /// Listens on that port in addition to the configured addresses. If one of them has that port, for example with
    /// TLS, it stays as it is.
    /// </summary>
    /// <exception cref="SettingUnusableException">
    /// It is the only port of the service, so that no source could post.
    /// </exception>
    public static void AddOperatorPort(this WebApplicationBuilder builder, AdminOptions admin)
    {
        if (admin.Port is not { } port)
        {
            return;
        }

        var endpoints = builder
            .Configuration.GetSection(Endpoints)
            .GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .ToArray();
        var others = endpoints.Length > 0 ? endpoints : [.. ListeningAddress.Configured(builder.Configuration)];
        var shared = others.Count(other => BindingAddress.Parse(other).Port == port);
        if (shared == others.Length)
        {
            throw new SettingUnusableException(
                $"Admin:Port is {port}, the only port that the service listens on, and would leave none for "
                    + "events. Choose another one, or list a further address under Urls or Kestrel:Endpoints."
            );
        }

        if (shared > 0)
        {
            return;
        }

        // Kestrel would listen on every address for a host that it cannot parse.
        var host = IPAddress.TryParse(admin.Host, out var ip) ? ip.ToString() : admin.Host;
        var address = $"http://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}";
        if (endpoints.Length > 0)
        {
            builder.Configuration[$"{Endpoints}:Operator:Url"] = address;
        }
        else
        {
            builder.WebHost.UseUrls([.. others, address]);
        }
    }

    /// <summary>Answers 404 for the operator's routes on other ports, and for other routes on the operator's.</summary>
    public static void UseOperatorPort(this WebApplication app, AdminOptions admin)
    {
        if (admin.Port is not { } port)
        {
            return;
        }

        app.Use(
            (context, next) =>
            {
                if (
                    context.Request.Path == "/"
                    || IsAny(Everywhere, context)
                    || IsAny(Operators, context) == (context.Connection.LocalPort == port)
                )
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>Whether the operator's routes are served on a port.</summary>
    public static bool IsServedOn(int port, AdminOptions admin) => admin.Port is not { } own || own == port;

    private static bool IsAny(string[] paths, HttpContext context) =>
        Array.Exists(paths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
}
