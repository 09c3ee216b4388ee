using System.Diagnostics;
using System.Globalization;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>The built service as a separate process, on a port that the system chose.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private ServiceProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public long ResidentBytes
    {
        get
        {
            // Process.WorkingSet64 also reads an entry for each thread, which takes a millisecond and would show in the
            // latencies that are measured meanwhile.
            if (OperatingSystem.IsLinux())
            {
                return long.Parse(
                        File.ReadAllText($"/proc/{_process.Id}/statm").Split(' ')[1],
                        CultureInfo.InvariantCulture
                    ) * Environment.SystemPageSize;
            }

            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<ServiceProcess> StartAsync(string folder, int metaPort, bool limitsRate = true)
    {
        var settings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(
            settings,
            $$$"""
            {
              "Graph": { "BaseAddress": "http://127.0.0.1:{{{metaPort}}}", "Timeout": "00:05:00" },
              "Outbox": { "Path": "{{{Path.Combine(folder, "process.db")}}}" },
              "Ingestion": { "RateLimit": { "Enabled": {{{(limitsRate ? "true" : "false")}}} } },
              "Connections": {
                "shop": { "Source": "RudderStack", "WriteKeys": ["benchmark-key"], "AccessToken": "benchmark",
                          "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "1" }] } },
                "web": { "Source": "Segment", "WriteKeys": ["other-key"], "AccessToken": "benchmark",
                         "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } }
              }
            }
            """
        );
        var home = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (
            var argument in new[]
            {
                "exec",
                Path.Combine(home, "OfflineConversions.Server.dll"),
                "--contentRoot",
                home,
                "--urls",
                "http://127.0.0.1:0",
                "--config",
                settings,
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logs__Format"] = "Text";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0)
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // a full pipe would block the service
                return new ServiceProcess(process, new Uri(line[(at + Listening.Length)..].Trim()).Port);
            }
        }

        throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"The service ended with {process.ExitCode}.")
        );
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
