using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Tracing;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Metrics, traces and logs by OTLP, as the standard variables say. Without an endpoint nothing of it is registered, so
/// no span is started and no post pays for it.
/// </summary>
internal static class OtlpRegistration
{
    private const string DefaultServiceName = "offline-conversions";

    /// <summary>What health checks and Prometheus ask every few seconds is not worth a trace.</summary>
    private static readonly string[] NotTraced = ["/metrics", "/healthz", "/readyz", "/sandbox", "/swagger"];

    /// <summary>Registers what the variables ask for.</summary>
    /// <exception cref="SettingUnusableException">An endpoint is not an address.</exception>
    public static void AddOtlp(this WebApplicationBuilder builder)
    {
        var endpoints = new OtlpEndpoints(builder.Configuration);
        if (endpoints.IsDisabled)
        {
            // The switch is about what is sent. It would empty /metrics too.
            builder.Configuration["OTEL_SDK_DISABLED"] = "false";
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        if (endpoints.Metrics)
        {
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
            builder.Services.AddHostedService<StateRefresh>();
        }

        if (endpoints.Traces)
        {
            telemetry.WithTracing(traces =>
                traces
                    .AddSource(ServiceSpans.Source)
                    .AddAspNetCoreInstrumentation(posts => posts.Filter = IsTraced)
                    .AddProcessor(new DiscreetSpans())
                    .AddOtlpExporter()
            );
        }

        if (endpoints.Logs)
        {
            telemetry.WithLogging(
                logs => logs.AddOtlpExporter(),
                options => (options.IncludeFormattedMessage, options.IncludeScopes) = (true, false)
            );
            Redact(builder.Services);
        }
    }

    /// <summary>The variables come last, because they override the name.</summary>
    private static void Describe(ResourceBuilder resource) =>
        resource.AddService(DefaultServiceName, serviceVersion: ProgramVersion.Text).AddEnvironmentVariableDetector();

    private static bool IsTraced(HttpContext context) =>
        !Array.Exists(NotTraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));

    /// <summary>Puts the same filters around OpenTelemetry's log provider as around the console's.</summary>
    private static void Redact(IServiceCollection services)
    {
        var provider = services.Last(service =>
            service.ServiceType == typeof(ILoggerProvider) && service.ImplementationFactory is not null
        );
        services.Remove(provider);
        services.AddSingleton<ILoggerProvider>(container => new RedactingLog(
            new SampledLog((ILoggerProvider)provider.ImplementationFactory!(container), TimeProvider.System)
        ));
    }
}
