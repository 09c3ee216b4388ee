using OfflineConversions.Sandbox;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server;

/// <summary>The table of contents: composes the folders into a process.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, VendorProtocols.All);

    /// <summary>Runs the service with the protocols of a registry.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args, VendorProtocols protocols)
    {
        if (HealthCheckCommand.IsAskedFor(args))
        {
            return await HealthCheckCommand.RunAsync(args, Console.Error);
        }

        if (InformationCommands.Run(args, protocols, Console.Out, Console.Error) is { } exitCode)
        {
            return exitCode;
        }

        if (StartUp.Read(args, protocols, Console.Error) is not var (builder, options))
        {
            return 1;
        }

        await Console.Out.WriteAsync(StartUpSummary.Text(builder, options));
        return await StartUp.RunAsync(() => Build(builder, options, protocols), Console.Error);
    }

    internal static WebApplication Build(
        WebApplicationBuilder builder,
        ServiceOptions options,
        VendorProtocols protocols
    )
    {
        builder.AddConsoleLog(options.Logs);
        builder.Services.AddConnections(
            options,
            ConfigurationFiles.Of(builder, options, protocols),
            protocols.Sources,
            builder.Environment.IsDevelopment()
        );
        builder.Services.AddIngestion(options, protocols);
        builder.Services.AddOutbox(options);
        builder.Services.AddGraph(options.Graph, services => new GraphAddress(() =>
            services.GetRequiredService<SandboxAddress>().Current
        ));
        builder.Services.AddDelivery(options);
        builder.Services.AddSandbox();
        builder.Services.AddOperations();
        builder.AddOperatorPort(options.Admin);

        var app = builder.Build();
        app.UseKnownProxies(options.ForwardedHeaders);
        app.UseExceptionHandler();
        app.UseOperatorPort(options.Admin);
        app.MapIngestion();
        app.MapOperations();
        if (options.Sandbox.Enabled)
        {
            app.MapSandbox();
        }

        return app;
    }
}
