using Microsoft.Extensions.Primitives;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// What every answer tells a browser: take the content type at its word, show it in no frame, load nothing. Only the
/// Swagger page may load, and only what this service serves. Source: OWASP ASVS 5.0, "Web Frontend Security".
/// </summary>
internal static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // Scripts and styles come from files only; icons are data: addresses. The one style named by its hash colours the
    // page's logo, and another version of the page may have another: then the logo is dark, and nothing else.
    private const string SwaggerPage =
        "default-src 'none'; script-src 'self'; style-src 'self' "
        + "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; "
        + "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly StringValues NoStore = "no-store";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // At the last moment: an error handler clears what was set before.
                context.Response.OnStarting(static state => Set((HttpContext)state), context);
                return next(context);
            }
        );

    /// <summary>Sets them for an answer from this path.</summary>
    public static void Set(IHeaderDictionary headers, PathString path)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase)
            ? SwaggerPage
            : Nothing;
        if (path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            headers.CacheControl = NoStore;
        }
    }

    private static Task Set(HttpContext context)
    {
        Set(context.Response.Headers, context.Request.Path);
        return Task.CompletedTask;
    }
}
