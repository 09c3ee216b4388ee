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

/// <summary>
/// The table of contents. Configuration in, process out; everything else stands in the folder of its stage.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (HealthCheckCommand.IsAskedFor(args))
        {
            return await HealthCheckCommand.RunAsync(args, Console.Error);
        }

        if (InformationCommands.Run(args, Console.Out, Console.Error) is { } exitCode)
        {
            return exitCode;
        }

        if (StartUp.Read(args, Console.Error) is not var (builder, options))
        {
            return 1;
        }

        await Console.Out.WriteAsync(StartUpSummary.Text(builder, options));
        return await StartUp.RunAsync(() => Build(builder, options, VendorProtocols.All), Console.Error);
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
