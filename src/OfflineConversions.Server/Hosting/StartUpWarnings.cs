using System.Globalization;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Hosting;

/// <summary>Warns at the start about settings that are valid but probably not intended.</summary>
internal sealed partial class StartUpWarnings(
    ServiceOptions options,
    VendorProtocols protocols,
    GraphVersions versions,
    IHostEnvironment environment,
    ILogger<StartUpWarnings> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Connections.Count == 0)
        {
            Log.NoConnections(logger);
        }

        if (options.Sandbox.Enabled && !environment.IsDevelopment())
        {
            if (options.ReachesSandbox)
            {
                Log.SandboxOutsideDevelopment(logger);
            }

            Log.SandboxRoutes(
                logger,
                options.Admin.Port is { } port
                    ? string.Create(CultureInfo.InvariantCulture, $"whoever reaches Admin:Port {port}")
                    : "whoever reaches this service; set Admin:Port to serve them on a separate port"
            );
        }

        foreach (var warning in versions.Warnings)
        {
            Log.Version(logger, warning);
        }

        foreach (var (name, connection) in options.Connections)
        {
            Warn(name, connection);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Warn(string name, ConnectionOptions connection)
    {
        if (connection.Api.Shape().RetiredOn is { } retired)
        {
            Log.RetiredApi(logger, name, connection.Api, retired.ToString("O", CultureInfo.InvariantCulture));
        }

        if (connection.Source is { } source && protocols.Of(source)?.EmptyMap(connection) is { } setting)
        {
            Log.NothingMapped(logger, name, setting);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No connection was configured: every post is refused")]
        public static partial void NoConnections(ILogger logger);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "Sandbox:Enabled is true outside Development: events are delivered to the built-in sandbox and do "
                + "not reach Meta"
        )]
        public static partial void SandboxOutsideDevelopment(ILogger logger);

        [LoggerMessage(
            6,
            LogLevel.Warning,
            "Sandbox:Enabled is true outside Development: its routes (/sandbox) need no key and show stored events to "
                + "{Whom}"
        )]
        public static partial void SandboxRoutes(ILogger logger, string whom);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "Connection {Connection} uses Api {Api}, which Meta retired on {Day}: only gateways and emulators "
                + "still accept it"
        )]
        public static partial void RetiredApi(ILogger logger, string connection, MetaApi api, string day);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "Connection {Connection} maps no events: {Setting} is empty, so nothing will be delivered"
        )]
        public static partial void NothingMapped(ILogger logger, string connection, string setting);

        [LoggerMessage(5, LogLevel.Warning, "The version of the Graph API needs attention: {Warning}")]
        public static partial void Version(ILogger logger, string warning);
    }
}
