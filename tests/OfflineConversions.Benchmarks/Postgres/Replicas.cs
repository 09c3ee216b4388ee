using System.Net;
using System.Net.Sockets;
using OfflineConversions.Benchmarks.Backlogs;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>
/// Processes of the service on one database. Meta accepts connections but never responds, so what they store waits.
/// </summary>
internal sealed class Replicas : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly List<MeasuredService> _processes = [];

    private Replicas(OutboxOptions outbox) => Outbox = outbox;

    /// <summary>Their database.</summary>
    public OutboxOptions Outbox { get; }

    public int Count => _processes.Count;

    public static async Task<Replicas> StartAsync(int count, OutboxOptions outbox)
    {
        var replicas = new Replicas(outbox);
        replicas._silent.Start();
        var meta = new Uri($"http://127.0.0.1:{((IPEndPoint)replicas._silent.LocalEndpoint).Port}");
        for (var number = 0; number < count; number++)
        {
            var folder = replicas._folder.CreateSubdirectory($"{number}");
            replicas._processes.Add(
                await MeasuredService.StartAsync(folder.FullName, meta, outbox.ConnectionString!.Reveal())
            );
        }

        return replicas;
    }

    /// <summary>Posts to all of them by turns and returns the events a second.</summary>
    public Task<double> RunAsync(Load load, string path, int connections, TimeSpan duration) =>
        load.RunAsync([.. _processes.Select(process => process.Port)], path, connections, duration);

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _silent.Dispose();
        _folder.Delete(recursive: true);
    }
}
