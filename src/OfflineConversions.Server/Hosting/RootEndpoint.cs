using System.Text.Json.Serialization;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// <c>GET /</c>: where a person or an uptime check arrives that has the bare address only. Needs no key.
/// </summary>
internal static class RootEndpoint
{
    // Relative, so that it also works behind a proxy that adds a path.
    private const string Console = "console";
    private const string Swagger = "swagger/index.html";

    public static void MapRoot(this IEndpointRouteBuilder app) =>
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], Respond)
            .WithTags("Operations")
            .WithSummary("Where to find the rest. Sends a browser to the console, which links to the Swagger page.")
            .Produces<Root>();

    private static IResult Respond(HttpContext context, ServiceOptions options)
    {
        var isServed = OperatorPort.IsServedOn(context.Connection.LocalPort, options.Admin);
        return isServed && AcceptsHtml(context.Request)
            ? Results.Redirect(options.Admin.Console ? Console : Swagger)
            : Results.Ok(
                new Root(
                    "OfflineConversions",
                    "alive",
                    "/readyz",
                    isServed && options.Admin.Console ? "/console" : null,
                    isServed ? "/swagger" : null
                )
            );
    }

    // Browsers name it, curl and uptime checks do not.
    private static bool AcceptsHtml(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>The response to anything but a browser.</summary>
    /// <param name="Service">The name of this service.</param>
    /// <param name="Status"><c>alive</c>.</param>
    /// <param name="Readiness">The path that says whether events can be accepted.</param>
    /// <param name="Console">The path of the console; absent if it is off, or not on this port.</param>
    /// <param name="Swagger">The path of the Swagger page; absent on a port that does not serve it.</param>
    public sealed record Root(
        string Service,
        string Status,
        string Readiness,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Console,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Swagger
    );
}
