using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// The built service as an operator runs it: as a separate process, in its own folder, on a port that the system chose.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    /// <summary>Far more than a start or a stop takes. Only a process that hangs reaches it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ProcessOutput _output;

    private ServiceProcess(Process process)
    {
        _process = process;
        _output = new ProcessOutput(process);
    }

    public HttpClient Http { get; } = new() { Timeout = MaxWait };

    public Uri Address => Http.BaseAddress!;

    public int Id => _process.Id;

    /// <summary>The bytes it has read from files and sockets. Only Linux counts them.</summary>
    public long BytesRead =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/io").First()["rchar: ".Length..], CultureInfo.InvariantCulture);

    /// <summary>The processor time it has used, which other processes on the machine do not change.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Its resident memory.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Everything it has written so far, to both streams.</summary>
    public string Output => _output.Text;

    /// <summary>Starts it and waits until it can accept events.</summary>
    /// <param name="folder">The folder in which it runs and keeps its outbox.</param>
    /// <param name="settings">The members of its <c>--config</c> file; null for none.</param>
    /// <param name="environment">The name of the hosting environment.</param>
    /// <param name="hook">An assembly that the runtime loads into the process before the service begins.</param>
    /// <param name="logFormat">The value of <c>Logs:Format</c>; null leaves it unset.</param>
    /// <param name="variables">More environment variables.</param>
    public static async Task<ServiceProcess> StartAsync(
        TemporaryFolder folder,
        string? settings,
        string environment = "Production",
        string? hook = null,
        string? logFormat = "Text",
        IEnumerable<KeyValuePair<string, string>>? variables = null
    )
    {
        var all = (await OutboxUnderTest.VariablesAsync(folder)).Concat(variables ?? []);
        var service = Launch(folder, settings, environment, hook, logFormat, all);
        try
        {
            using var timeout = new CancellationTokenSource(MaxWait);
            var line = await service._output.FirstAsync(
                text => text.Contains(Listening, StringComparison.Ordinal),
                timeout.Token
            );
            service.Http.BaseAddress = new Uri(
                line[0] == '{' ? JsonElement.Parse(line).GetProperty("address").GetString()! : line.Split(Listening)[1]
            );
            await service.UntilReadyAsync(timeout.Token);
            return service;
        }
        catch (Exception reason)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"The service did not start. Its output:\n{service.Output}", reason);
        }
    }

    /// <summary>Runs it until it exits on its own.</summary>
    public static async Task<ServiceExit> RunAsync(TemporaryFolder folder, string? settings, params string[] args)
    {
        await using var process = Begin(folder, settings, args);
        return new ServiceExit(await process.ExitAsync(), process.Output);
    }

    /// <summary>Starts it with arguments that make it something other than a service.</summary>
    public static ServiceProcess Begin(TemporaryFolder folder, string? settings, params string[] args) =>
        Launch(folder, settings, "Production", hook: null, "Text", variables: [], args);

    /// <summary>Calls one of the operator's routes.</summary>
    public async Task<T> OperateAsync<T>(HttpMethod method, string route, string? body = null)
    {
        using var request = new HttpRequestMessage(method, route)
        {
            Content = body is null ? null : new StringContent(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Settings.AdminKey);
        using var response = await Http.SendAsync(request);
        response.IsSuccessStatusCode.Should().BeTrue("{0} returned {1}", route, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    /// <summary>Waits until a condition is true.</summary>
    /// <exception cref="TimeoutException">It is not within a minute.</exception>
    public async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !await isTrue(); await Task.Delay(50))
        {
            if (TimeProvider.System.GetElapsedTime(began) > MaxWait)
            {
                throw new TimeoutException(
                    $"The condition was not true within {MaxWait}. The output of the service:\n{Output}"
                );
            }
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return ExitAsync();
    }

    /// <summary>SIGTERM, as systemd and container engines stop a service.</summary>
    public void Terminate() => Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]).WaitForExit();

    /// <summary>Waits until it logs that it shuts down.</summary>
    public async Task StoppingAsync()
    {
        using var timeout = new CancellationTokenSource(MaxWait);
        await _output.FirstAsync(line => line.Contains("shutting down", StringComparison.Ordinal), timeout.Token);
    }

    /// <summary>Waits until the process has exited.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var timeout = new CancellationTokenSource(MaxWait);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ServiceProcess Launch(
        TemporaryFolder folder,
        string? settings,
        string environment,
        string? hook,
        string? logFormat,
        IEnumerable<KeyValuePair<string, string>> variables,
        params string[] args
    )
    {
        var home = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] command =
        [
            "exec",
            Path.Combine(home, "OfflineConversions.Server.dll"),
            "--contentRoot",
            home,
            "--urls",
            "http://127.0.0.1:0",
        ];
        foreach (var argument in command.Concat(args))
        {
            start.ArgumentList.Add(argument);
        }

        if (settings is not null)
        {
            File.WriteAllText(folder.File("settings.json"), $"{{ {settings} }}");
            start.ArgumentList.Add("--config=settings.json");
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["Logs__Format"] = logFormat;
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        start.Environment.Remove("ASPNETCORE_URLS");
        if (hook is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = hook;
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(Process.Start(start)!);
    }

    private async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = await Http.GetAsync("/readyz", cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(20, cancellationToken);
        }
    }
}

/// <summary>How a service process ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Everything it wrote, to both streams.</param>
internal sealed record ServiceExit(int ExitCode, string Output);
