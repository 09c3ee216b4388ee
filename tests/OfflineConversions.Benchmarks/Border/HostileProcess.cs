using System.Diagnostics;
using System.Globalization;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// A hostile client in a separate process, so that it does not disturb the threads of the ordinary clients. It stops
/// when its standard input ends, and then prints what it did.
/// </summary>
internal sealed class HostileProcess : IAsyncDisposable
{
    /// <summary>What a client prints once it has started.</summary>
    public const string Ready = "ready";

    private const string Attack = "--attack";

    private readonly Process _process;

    private HostileProcess(Process process) => _process = process;

    /// <summary>What the client did; known once it is disposed.</summary>
    public string Summary { get; private set; } = string.Empty;

    /// <summary>Runs the client if these are the arguments of its process.</summary>
    /// <returns>Whether they are.</returns>
    public static async Task<bool> TryRunAsync(string[] args)
    {
        if (args is not [Attack, var name, var port])
        {
            return false;
        }

        var client = HostileClient.All.Single(client => client.Name == name);
        var ended = Task.Run(() => Console.In.ReadToEndAsync());
        Console.WriteLine(await client.AttackAsync(int.Parse(port, CultureInfo.InvariantCulture), ended));
        return true;
    }

    /// <summary>Starts this program again as the client, and waits until the attack has started.</summary>
    public static async Task<HostileProcess> StartAsync(HostileClient client, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(HostileProcess).Assembly.Location);
        }

        start.ArgumentList.Add(Attack);
        start.ArgumentList.Add(client.Name);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        var process = Process.Start(start)!;
        process.PriorityClass = ProcessPriorityClass.Idle; // a real one has its own machine
        return await process.StandardOutput.ReadLineAsync() == Ready
            ? new HostileProcess(process)
            : throw new InvalidOperationException($"{client.Name} did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        Summary = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
