using System.Diagnostics;
using System.Globalization;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Backlogs;

/// <summary>
/// The built service as a separate process, so that its memory, files and threads are only its own. Meta does not
/// respond, and the connection that the load posts to is not rate limited.
/// </summary>
internal sealed class MeasuredService : IDisposable
{
    /// <summary>Opens the console.</summary>
    public const string OperatorKey = "key-of-the-benchmark";

    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private MeasuredService(Process process, int port, TimeSpan start) =>
        (_process, Port, Start) = (process, port, start);

    public int Port { get; }

    /// <summary>The time from the start of the process until it listened.</summary>
    public TimeSpan Start { get; }

    /// <summary>Its resident memory in megabytes.</summary>
    public double Megabytes => OperatingSystem.IsLinux() ? ResidentPages() : WorkingSet();

    /// <summary>Its resident memory after each load that was measured.</summary>
    public List<double> Loaded { get; } = [];

    /// <summary>Its open files and sockets.</summary>
    public int Handles
    {
        get
        {
            var descriptors = $"/proc/{_process.Id}/fd";
            if (OperatingSystem.IsLinux())
            {
                return Directory.EnumerateFileSystemEntries(descriptors).Count();
            }

            _process.Refresh();
            return _process.HandleCount;
        }
    }

    /// <summary>Starts the service on an outbox.</summary>
    /// <param name="folder">The folder of its settings and of <c>outbox.db</c>.</param>
    /// <param name="meta">The address of Meta.</param>
    /// <param name="connectionString">A PostgreSQL database instead of the file.</param>
    public static async Task<MeasuredService> StartAsync(string folder, Uri meta, string? connectionString = null)
    {
        var outbox = connectionString is null
            ? $$"""{ "Path": "{{Path.Combine(folder, "outbox.db")}}" }"""
            : $$"""{ "Provider": "PostgreSql", "ConnectionString": "{{connectionString}}" }""";
        var settings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(
            settings,
            $$$"""
            {
              "Graph": { "BaseAddress": "{{{meta}}}", "Timeout": "00:05:00" },
              "Outbox": {{{outbox}}},
              "Ingestion": { "RateLimit": { "Enabled": false } },
              "Admin": { "ApiKey": "{{{OperatorKey}}}" },
              "Connections": {
                "benchmark": { "Source": "RudderStack", "WriteKeys": ["benchmark-key"], "AccessToken": "benchmark",
                               "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "1" },
                                                                { "From": "AddToCart", "To": "1" }] } }
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
        string[] arguments =
        [
            "exec",
            Path.Combine(home, "OfflineConversions.Server.dll"),
            "--contentRoot",
            home,
            "--urls",
            "http://127.0.0.1:0",
            "--config",
            settings,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logs__Format"] = "Text";
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0)
            {
                var took = Stopwatch.GetElapsedTime(began);
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // a full pipe would block the service
                return new MeasuredService(process, new Uri(line[(at + Listening.Length)..].Trim()).Port, took);
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

    private double ResidentPages() =>
        long.Parse(File.ReadAllText($"/proc/{_process.Id}/statm").Split(' ')[1], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize
        / 1e6;

    private double WorkingSet()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }
}
