using System.Net;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// A port of its own for the operator's side, where <c>Admin:Port</c> asks for one. Health is answered on every port.
/// What counts is the port that the connection came in on, not what its headers say.
/// </summary>
internal static class OperatorPort
{
    private const string Endpoints = "Kestrel:Endpoints";
    private static readonly string[] Operators = ["/api", "/metrics", "/swagger", "/openapi"];
    private static readonly string[] Everywhere = ["/healthz", "/readyz"];

    /// <summary>
    /// Listens on it beside whatever else is configured. An address that is configured with that port, for example with
    /// TLS, stays as it is.
    /// </summary>
    /// <exception cref="SettingUnusableException">
    /// The service would listen on that port only, where no source is answered.
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

        // Kestrel takes a host that it cannot read for any address.
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

    /// <summary>Keeps the two sides apart.</summary>
    public static void UseOperatorPort(this WebApplication app, AdminOptions admin)
    {
        if (admin.Port is not { } port)
        {
            return;
        }

        app.Use(
            (context, next) =>
            {
                if (IsAny(Everywhere, context) || IsAny(Operators, context) == (context.Connection.LocalPort == port))
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        );
    }

    private static bool IsAny(string[] paths, HttpContext context) =>
        Array.Exists(paths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
}
