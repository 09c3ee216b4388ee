using System.Globalization;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Hosting;

/// <summary>Says at start, once, what is allowed but probably not meant.</summary>
internal sealed partial class StartUpWarnings(
    ServiceOptions options,
    VendorProtocols protocols,
    IHostEnvironment environment,
    ILogger<StartUpWarnings> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Connections.Count == 0)
        {
            NoConnections();
        }

        if (SandboxAddress.IsUsedBy(options) && !environment.IsDevelopment())
        {
            SandboxOutsideDevelopment();
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
            RetiredApi(name, connection.Api, retired.ToString("O", CultureInfo.InvariantCulture));
        }

        if (connection.Source is { } source && protocols.Of(source).EmptyMap(connection) is { } setting)
        {
            NothingMapped(name, setting);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "No connection was configured: every post is refused")]
    private partial void NoConnections();

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "Sandbox:Enabled is true outside Development: events are delivered to the built-in sandbox and do "
            + "not reach Meta"
    )]
    private partial void SandboxOutsideDevelopment();

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Connection {Connection} uses Api {Api}, which Meta retired on {Day}: only gateways and emulators "
            + "still accept it"
    )]
    private partial void RetiredApi(string connection, MetaApi api, string day);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "Connection {Connection} maps no events: {Setting} is empty, so nothing will be delivered"
    )]
    private partial void NothingMapped(string connection, string setting);
}
