using System.Globalization;
using OfflineConversions.Server.Configuration;
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Logging to the console through Serilog, as text or as compact JSON. <c>Logging:LogLevel</c> decides what is logged,
/// within the bounds of <see cref="RedactingLog"/>. A <c>Serilog</c> section may configure other sinks instead.
/// </summary>
internal static class ConsoleLog
{
    private const string Line =
        "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static void AddConsoleLog(this WebApplicationBuilder builder, LogOptions options)
    {
        var settings = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .Enrich.WithProperty("Version", ProgramVersion.Text)
            .ReadFrom.Configuration(builder.Configuration);
        if (!builder.Configuration.GetSection("Serilog:WriteTo").Exists())
        {
            _ =
                FormatOf(options, builder.Environment) == LogFormat.Json
                    ? settings.WriteTo.Console(new CompactJsonFormatter())
                    : settings.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
        }

        builder.Logging.ClearProviders();

        // Below Critical, the host logs expected start-up failures, such as a port in use, with a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // AddSerilog would bypass both Logging:LogLevel and RedactingLog.
        builder.Logging.AddProvider(
            new RedactingLog(
                new SampledLog(new SerilogLoggerProvider(settings.CreateLogger(), dispose: true), TimeProvider.System)
            )
        );
    }

    private static LogFormat FormatOf(LogOptions options, IHostEnvironment environment) =>
        options.Format ?? (environment.IsDevelopment() ? LogFormat.Text : LogFormat.Json);
}
