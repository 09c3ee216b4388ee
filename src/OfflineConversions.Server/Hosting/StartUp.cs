using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Hosting;

/// <summary>A builder with the valid options of its configuration, which contain the text of all secrets.</summary>
internal sealed record StartUpConfiguration(WebApplicationBuilder Builder, ServiceOptions Options);

/// <summary>
/// From the arguments to a process that listens. A problem that the operator can fix ends the process with a message
/// and exit code 1, without a stack trace.
/// </summary>
internal static class StartUp
{
    // The framework would watch every file below the content root, where the outbox usually is, and so be called for
    // each commit. The service compares its configuration files itself.
    private const string WithoutFileWatcher = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Reads and checks the configuration before anything is built.</summary>
    /// <returns>The configuration, or null after its problems were written to <paramref name="errors"/>.</returns>
    public static StartUpConfiguration? Read(string[] args, ISourceRegistry sources, TextWriter errors)
    {
        if (!SupportsUnicode)
        {
            errors.WriteLine(
                "The host runs without Unicode tables (globalization-invariant mode), so the hashes of names would be "
                    + "wrong. Install ICU (in a container: the -extra image) and unset "
                    + "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT."
            );
            return null;
        }

        try
        {
            var builder = WebApplication.CreateBuilder([WithoutFileWatcher, .. args]);
            var (options, problems) = builder.ReadServiceOptions(args, sources);
            if (problems.Count == 0)
            {
                return new StartUpConfiguration(builder, options);
            }

            ServiceConfiguration.Explain(problems, errors);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException)
        {
            errors.WriteLine(ConfigFile.Explain(unreadable));
        }

        return null;
    }

    /// <summary>Builds and starts the application.</summary>
    /// <returns>The application, or null after the problem was written to <paramref name="errors"/>.</returns>
    public static async Task<WebApplication?> StartAsync(Func<WebApplication> build, TextWriter errors)
    {
        try
        {
            return await StartAsync(build);
        }
        catch (Exception unusable) when (unusable is SettingUnusableException or IOException or SocketException)
        {
            // Kestrel throws the last two for an address: in use, not on this machine, or not allowed for this user.
            await errors.WriteLineAsync(unusable.Message);
            if (unusable is IOException { InnerException: AddressInUseException })
            {
                await errors.WriteLineAsync(
                    "Stop the other process, or choose a free port: --urls http://localhost:5001"
                );
            }

            return null;
        }
        catch (Exception refused) when (IsKestrels(refused))
        {
            await errors.WriteLineAsync(
                "The server cannot listen. Check Urls, Http_Ports, Https_Ports and the section Kestrel: "
                    + $"{refused.Message.Split('\n')[0].TrimEnd()}"
            );
            return null;
        }
    }

    /// <summary>Runs a started application until it is asked to stop, then disposes it.</summary>
    public static async Task RunAsync(WebApplication app)
    {
        await using (app)
        {
            await app.WaitForShutdownAsync();
        }
    }

    private static async Task<WebApplication> StartAsync(Func<WebApplication> build)
    {
        var app = build();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whether Kestrel threw the exception. While it starts, that is always about its addresses, certificates and
    /// protocols. The type alone does not distinguish it from a bug of this service.
    /// </summary>
    private static bool IsKestrels(Exception exception) =>
        new StackTrace(exception)
            .GetFrames()
            .Any(frame => frame.GetMethod()?.DeclaringType?.Assembly == typeof(KestrelServerOptions).Assembly);

    // Without ICU, Normalize() returns e + accent unchanged instead of composing it, and does not fail.
    private static bool SupportsUnicode => "e\u0301".Normalize() == "\u00e9";
}
