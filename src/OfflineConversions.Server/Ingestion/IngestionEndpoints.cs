using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Ingestion;

/// <summary>The HTTP border: registers and maps the routes of <see cref="VendorProtocols"/>.</summary>
internal static class IngestionEndpoints
{
    // By name and not as the default, which would hold for the operator's routes too.
    private const string Browsers = "browsers";

    private static readonly string[] OtherMethods = [HttpMethods.Put, HttpMethods.Patch];

    public static IServiceCollection AddIngestion(
        this IServiceCollection services,
        ServiceOptions options,
        VendorProtocols protocols
    )
    {
        services.AddKestrelLimits(options.Ingestion);
        services.AddSingleton<BodyReader>();
        services.AddSingleton<LargeBodies>();
        services.AddSingleton<IngestionMeter>();
        services.TryAddSingleton<LiveTail>();
        services.AddSingleton(protocols);
        services.AddSingleton<ISourceRegistry>(protocols);
        services.AddTransient<IStartupFilter, RepeatedSlashes>();
        services.AddSingleton<WriteKeyFinder>();
        services.AddSingleton<UnmappedNames>();
        services.AddSingleton<EventWriter>();
        services.AddSingleton<Intake>();
        if (options.Cors.Origins is { Count: > 0 } origins)
        {
            // Without being exposed, Retry-After stays hidden from the browser SDK, which would wait for it.
            services.AddCors(cors =>
                cors.AddPolicy(Browsers, policy =>
                    policy
                        .WithOrigins([.. origins])
                        .AllowAnyHeader()
                        .WithMethods(HttpMethods.Post)
                        .WithExposedHeaders(HeaderNames.RetryAfter)
                )
            );
        }

        return services;
    }

    public static void MapIngestion(this WebApplication app)
    {
        var cors = app.Services.GetRequiredService<ServiceOptions>().Cors.Origins.Count > 0;
        if (cors)
        {
            app.UseCors();
        }

        var intake = app.Services.GetRequiredService<Intake>();
        var protocols = app.Services.GetRequiredService<VendorProtocols>();
        foreach (var route in protocols.Routes)
        {
            // A Delegate rather than a RequestDelegate: only those are described in the OpenAPI document.
            Delegate receive = (HttpContext context) => intake.ReceiveAsync(context, route);
            var described = route.Vendor.ReadQuery is null
                ? app.MapPost(route.Path, receive)
                : app.MapGet(route.Path, receive);
            List<RouteHandlerBuilder> endpoints = [described];
            if (route.Vendor.ReadQuery is null)
            {
                // Webhooks may be set to another method. Naming all three would repeat each route in the document.
                endpoints.Add(app.MapMethods(route.Path, OtherMethods, receive).ExcludeFromDescription());
            }

            if (route.WithoutSource)
            {
                // The document describes these routes in one paragraph.
                described.ExcludeFromDescription();
            }

            foreach (var endpoint in endpoints)
            {
                endpoint.WithMetadata(route);
                if (cors)
                {
                    endpoint.RequireCors(Browsers);
                }
                else
                {
                    // No middleware after routing concerns a post.
                    endpoint.ShortCircuit();
                }
            }
        }

        app.MapUnsupported(protocols);
    }

    private static void MapUnsupported(this WebApplication app, VendorProtocols protocols)
    {
        foreach (var protocol in protocols.Protocols)
        {
            foreach (var (pattern, detail) in protocol.UnsupportedRoutes)
            {
                IResult Refuse() => Results.Problem(detail, statusCode: StatusCodes.Status404NotFound);
                app.Map(pattern, Refuse).ExcludeFromDescription();
                app.Map($"/{protocol.Source.Tag}{pattern}", Refuse).ExcludeFromDescription();
            }
        }
    }
}
