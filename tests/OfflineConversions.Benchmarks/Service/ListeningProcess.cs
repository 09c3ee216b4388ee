using System.Diagnostics;
using System.Globalization;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>The built service as a separate process, so that its memory, files and threads are only its own.</summary>
internal sealed class ListeningProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private ListeningProcess(Process process, int port) => (_process, Port) = (process, port);

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

    /// <summary>The most resident memory that it has had so far.</summary>
    public long MostResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

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

    /// <summary>Starts the service and waits until it listens.</summary>
    /// <param name="folder">The folder in which it runs, where its settings are written.</param>
    /// <param name="settings">The text of its settings.</param>
    /// <param name="port">Its port; 0 for one that the system chooses.</param>
    public static async Task<ListeningProcess> StartAsync(string folder, string settings, int port = 0)
    {
        var file = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(file, settings);
        var home = AppContext.BaseDirectory;
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        string[] arguments = ["--contentRoot", home, "--urls", url, "--config", file];
        var start = StartOf("OfflineConversions.Server.dll", folder, arguments);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logs__Format"] = "Text";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0)
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // a full pipe would block the service
                return new ListeningProcess(process, new Uri(line[(at + Listening.Length)..].Trim()).Port);
            }
        }

        throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"The service ended with {process.ExitCode}.")
        );
    }

    /// <summary>How to start a program that was built beside this one.</summary>
    public static ProcessStartInfo StartOf(string program, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, program)).Prepend("exec"))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Ends it as a kill does.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
