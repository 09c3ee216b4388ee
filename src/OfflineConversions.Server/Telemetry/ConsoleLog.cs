using System.Globalization;
using Serilog;
using Serilog.Extensions.Logging;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Logging to the console through Serilog. <c>Logging:LogLevel</c> says what is logged, within the bounds of <see
/// cref="DiscreetLog"/>; a <c>Serilog</c> section may add sinks.
/// </summary>
internal static class ConsoleLog
{
    private const string Line =
        "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static void AddConsoleLog(this WebApplicationBuilder builder)
    {
        var settings = new LoggerConfiguration().MinimumLevel.Verbose().ReadFrom.Configuration(builder.Configuration);
        if (!builder.Configuration.GetSection("Serilog:WriteTo").Exists())
        {
            settings.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
        }

        builder.Logging.ClearProviders();
        // Below Critical the host tells with a stack trace of what is thrown to us as well, such as a port that is
        // taken.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Not AddSerilog: that one also lets everything through to the console, whatever Logging:LogLevel says.
        builder.Logging.AddProvider(new DiscreetLog(new SerilogLoggerProvider(settings.CreateLogger(), dispose: true)));
    }
}
