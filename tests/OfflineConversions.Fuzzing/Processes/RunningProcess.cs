using System.Diagnostics;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>The built service or sandbox as a separate process, on a port that the system chose.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const int KeptLines = 200;

    /// <summary>Far more than a start or a stop takes. Only a process that hangs reaches it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Queue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int Threads
    {
        get
        {
            _process.Refresh();
            return _process.Threads.Count;
        }
    }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Open files, sockets and other handles.</summary>
    public int Handles =>
        OperatingSystem.IsLinux()
            ? Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length
            : _process.HandleCount;

    /// <summary>The last lines that it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>Starts a program that was built beside this one, and waits until it listens.</summary>
    /// <param name="program">The name of its assembly, or the path of another build.</param>
    /// <param name="folder">The folder in which it runs.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public static async Task<RunningProcess> StartAsync(
        string program,
        string folder,
        IReadOnlyDictionary<string, string>? environment,
        params IReadOnlyList<string> arguments
    )
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var home = AppContext.BaseDirectory;
        string[] command = ["exec", Path.Combine(home, program), "--contentRoot", home, "--urls", "http://127.0.0.1:0"];
        foreach (var argument in command.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("DOTNET_ENVIRONMENT");
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Logs__Format"] = "Text";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var running = new RunningProcess(Process.Start(start)!);
        var first = await Task.WhenAny(running._address.Task, running.ExitAsync(), Task.Delay(MaxWait));
        if (first != running._address.Task)
        {
            await running.DisposeAsync();
            throw new InvalidOperationException($"{program} did not start. Its output:\n{running.Output}");
        }

        running.Address = await running._address.Task;
        return running;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd and container engines stop a service.</summary>
    /// <returns>Whether it exited with 0 in time.</returns>
    public async Task<bool> StopAsync()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync();
        var exit = ExitAsync();
        return await Task.WhenAny(exit, Task.Delay(MaxWait)) == exit && _process.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private Task ExitAsync() => _process.WaitForExitAsync();

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > KeptLines)
            {
                _output.Dequeue();
            }
        }

        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0)
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
