using System.Diagnostics;
using System.Globalization;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// A caller who means no good, as a process of its own: what he does must not disturb the good callers' own threads. He
/// goes when his input ends and says what he did.
/// </summary>
internal sealed class BadCompany : IAsyncDisposable
{
    public const string Ready = "ready";

    private readonly Process _process;

    private BadCompany(Process process) => _process = process;

    /// <summary>Starts this program again under another name.</summary>
    public static async Task<BadCompany> StartAsync(string command, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(BadCompany).Assembly.Location);
        }

        start.ArgumentList.Add(command);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        var process = Process.Start(start)!;
        process.PriorityClass = ProcessPriorityClass.Idle; // in life he has a machine of his own
        return await process.StandardOutput.ReadLineAsync() == Ready
            ? new BadCompany(process)
            : throw new InvalidOperationException($"{command} did not start.");
    }

    /// <summary>Runs until the input ends.</summary>
    public static async Task RunAsync(Func<Task, Task<string>> run)
    {
        var inputEnded = Task.Run(() => Console.In.ReadToEndAsync());
        Console.WriteLine(await run(inputEnded));
    }

    /// <summary>What he did, once he has gone.</summary>
    public string Did { get; private set; } = string.Empty;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        Did = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
