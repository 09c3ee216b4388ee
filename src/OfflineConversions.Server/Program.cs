using OfflineConversions.Sandbox;
using OfflineConversions.Server.Alerts;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Quality;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.WebConsole;

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

        if (await InformationCommands.RunAsync(args, protocols, Console.Out, Console.Error) is { } exitCode)
        {
            return exitCode;
        }

        if (MoveOutboxCommand.IsAskedFor(args))
        {
            return await MoveOutboxCommand.RunAsync(args, protocols, Console.Out, Console.Error);
        }

        if (await StartAsync(args, protocols) is not { } app)
        {
            return 1;
        }

        await StartUp.RunAsync(app);
        return 0;
    }

    internal static WebApplication Build(
        WebApplicationBuilder builder,
        ServiceOptions options,
        VendorProtocols protocols
    )
    {
        builder.Services.AddConnections(
            options,
            ConfigurationFiles.Of(builder, options, protocols),
            protocols.Sources,
            builder.Environment.IsDevelopment()
        );
        return Build(builder, protocols, options.WithoutKeys());
    }

    /// <summary>
    /// A separate method, because the options contain the text of all keys and must not outlive the start.
    /// </summary>
    private static async Task<WebApplication?> StartAsync(string[] args, VendorProtocols protocols)
    {
        if (StartUp.Read(args, protocols, Console.Error) is not var (builder, options))
        {
            return null;
        }

        await Console.Out.WriteAsync(StartUpSummary.Text(builder, options));
        return await StartUp.StartAsync(() => Build(builder, options, protocols), Console.Error);
    }

    private static WebApplication Build(
        WebApplicationBuilder builder,
        VendorProtocols protocols,
        ServiceOptions options
    )
    {
        builder.AddConsoleLog(options.Logs);
        builder.Services.AddIngestion(options, protocols);
        builder.Services.AddOutbox(options);
        builder.Services.AddGraph(options.Graph, services => new GraphAddress(() =>
            services.GetRequiredService<SandboxAddress>().Current
        ));
        builder.Services.AddDoctor();
        builder.Services.AddQuality();
        builder.Services.AddDelivery(options);
        builder.Services.AddImports();
        builder.Services.AddAlerts(options);
        builder.Services.AddSandbox();
        builder.Services.AddOperations();
        builder.Services.AddWebConsole(options);
        builder.Services.AddServiceMetrics(options);
        builder.AddOtlp();
        builder.AddOperatorPort(options.Admin);

        var app = builder.Build();
        app.UseKnownProxies(options.ForwardedHeaders);
        app.UseExceptionHandler();
        app.UseOperatorPort(options.Admin);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIngestion();
        app.MapOperations();
        app.MapWebConsole(options);
        if (options.Sandbox.Enabled)
        {
            app.MapSandbox();
        }

        return app;
    }
}
