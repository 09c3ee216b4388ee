using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// From the arguments to a process that listens. What the operator has to mend stops it with a message and exit code 1,
/// and without a stack trace.
/// </summary>
internal static class StartUp
{
    /// <summary>
    /// Reads the configuration before anything else is built: the builder with its valid options, or <see
    /// langword="null"/> after telling the operator what to mend.
    /// </summary>
    public static (WebApplicationBuilder Builder, ServiceOptions Options)? Read(
        string[] args,
        ISourceRegistry sources,
        TextWriter errors
    )
    {
        if (!KnowsUnicode)
        {
            errors.WriteLine(
                "The host runs without Unicode tables (globalization-invariant mode), so names would be "
                    + "hashed wrongly and match nobody. "
                    + "Install ICU (in a container: the -extra image) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT."
            );
            return null;
        }

        try
        {
            var builder = WebApplication.CreateBuilder(args);
            var (options, problems) = builder.ReadServiceOptions(args, sources);
            if (problems.Count == 0)
            {
                return (builder, options);
            }

            ServiceConfiguration.Explain(problems, errors);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException)
        {
            errors.WriteLine(ConfigFile.Explain(unreadable));
        }

        return null;
    }

    /// <summary>Builds, starts, and runs until asked to stop.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter errors)
    {
        WebApplication app;
        try
        {
            app = await StartAsync(build);
        }
        catch (Exception unusable) when (unusable is SettingUnusableException or IOException or SocketException)
        {
            // The last two are Kestrel's, about an address: in use, not on this machine, or not for this user.
            await errors.WriteLineAsync(unusable.Message);
            if (unusable is IOException { InnerException: AddressInUseException })
            {
                await errors.WriteLineAsync(
                    "Stop the other process, or choose a free port: --urls http://localhost:5001"
                );
            }

            return 1;
        }
        catch (Exception refused) when (IsKestrels(refused))
        {
            await errors.WriteLineAsync(
                "The server cannot listen as Urls, Http_Ports, Https_Ports or the section Kestrel say: "
                    + $"{refused.Message.Split('\n')[0].TrimEnd()}"
            );
            return 1;
        }

        await using (app)
        {
            await app.WaitForShutdownAsync();
        }

        return 0;
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
    /// Whether the server threw it: while it starts, that is always about its addresses, certificates and protocols. By
    /// type alone it could be a mistake of ours.
    /// </summary>
    private static bool IsKestrels(Exception exception) =>
        new StackTrace(exception)
            .GetFrames()
            .Any(frame => frame.GetMethod()?.DeclaringType?.Assembly == typeof(KestrelServerOptions).Assembly);

    // Without ICU, Normalize() leaves e + accent as it stands instead of composing it, and says nothing.
    private static bool KnowsUnicode => "e\u0301".Normalize() == "\u00e9";
}
