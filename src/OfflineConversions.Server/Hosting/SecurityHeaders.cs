using Microsoft.Extensions.Primitives;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The security headers of every response: no guessing of content types, no frames, no loading. Only the console and
/// the Swagger page may load files, and only from this service. Source: OWASP ASVS 5.0, "Web Frontend Security".
/// </summary>
internal static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // Scripts and styles come from files, icons are data: addresses. The hash is that of the inline style that colours
    // the page's logo. If another version of the page has another style, only the logo's colour is missing.
    private const string SwaggerPage =
        "default-src 'none'; script-src 'self'; style-src 'self' "
        + "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; "
        + "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // The console's forms post to itself, and a script of its own watches the live tail.
    private const string ConsolePage =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private static readonly StringValues NoStore = "no-store";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // As late as possible, because an error handler clears the headers.
                context.Response.OnStarting(static state => Set((HttpContext)state), context);
                return next(context);
            }
        );

    /// <summary>Sets the headers of a response from this path.</summary>
    public static void Set(IHeaderDictionary headers, PathString path)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        var isConsole = path.StartsWithSegments("/console", StringComparison.OrdinalIgnoreCase);
        headers.ContentSecurityPolicy =
            isConsole ? ConsolePage
            : path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase) ? SwaggerPage
            : Nothing;
        if (
            path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || (isConsole && !path.StartsWithSegments("/console/assets", StringComparison.OrdinalIgnoreCase))
        )
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
