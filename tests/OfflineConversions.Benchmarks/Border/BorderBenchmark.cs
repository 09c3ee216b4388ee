using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// What ordinary posts notice of hostile clients: their latency and the memory of the service, without and with
/// thousands of slow sockets, and without and with a stream of compression bombs and other expensive bodies. The floor
/// is the same stream sent to another server. The service, the ordinary and the hostile clients are three processes and
/// share the machine.
/// </summary>
internal static class BorderBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var seconds = arguments.Count > 0 && int.TryParse(arguments[0], out var given) ? given : 10;
        var chosen = HostileClient.All.Where(client => arguments.Contains(client.Name)).ToList();
        var duration = TimeSpan.FromSeconds(seconds);
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        using var meta = new TcpListener(IPAddress.Loopback, 0);
        meta.Start();
        try
        {
            using var service = await ServiceProcess.StartAsync(folder.FullName, ((IPEndPoint)meta.LocalEndpoint).Port);
            Report.Note($"service and clients share the cores; the ordinary posts are {OrdinaryPosts.Description}");
            await OrdinaryPosts.RunAsync(service.Port, duration);
            foreach (var client in chosen.Count == 0 ? HostileClient.All : chosen)
            {
                await CompareAsync(client, service, duration, report);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // By turns, so that a machine that drifts drifts for both.
    private static async Task CompareAsync(
        HostileClient client,
        ServiceProcess service,
        TimeSpan duration,
        Report report
    )
    {
        var (without, with) = (new List<Measurement>(), new List<Measurement>());
        for (var round = 1; round <= Rounds; round++)
        {
            without.Add(await MeasureAsync(service, duration));
            var hostile = await HostileProcess.StartAsync(client, service.Port);
            await using (hostile)
            {
                await Task.Delay(TimeSpan.FromSeconds(1)); // their presence is measured, not their arrival
                with.Add(await MeasureAsync(service, duration));
            }

            var p99 = string.Create(CultureInfo.InvariantCulture, $"{without[^1].P99:N1} and {with[^1].P99:N1} ms");
            Report.Note($"  round {round}, p99 {p99}: {hostile.Summary.TrimEnd()}");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        report.Row($"p50 without {client.Name}", [.. without.Select(one => one.P50)], "ms");
        report.Row($"p50 with {client.Name}", [.. with.Select(one => one.P50)], "ms");
        report.Row($"p99 without {client.Name}", [.. without.Select(one => one.P99)], "ms");
        report.Row($"p99 with {client.Name}", [.. with.Select(one => one.P99)], "ms");
        report.Row(
            $"p99: with / without {client.Name}",
            [.. with.Zip(without, (hostile, ordinary) => hostile.P99 / ordinary.P99)],
            "x"
        );
        report.Row($"memory without {client.Name}", [.. without.Select(one => one.Megabytes)], "MB");
        report.Row($"most memory with {client.Name}", [.. with.Select(one => one.Megabytes)], "MB");
    }

    private static async Task<Measurement> MeasureAsync(ServiceProcess service, TimeSpan duration)
    {
        using var memory = new MemoryWatch(service);
        var latencies = await OrdinaryPosts.RunAsync(service.Port, duration);
        return new Measurement(At(latencies, 0.5), At(latencies, 0.99), memory.MostMegabytes);
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];

    /// <param name="P50">The median latency of the posts, in milliseconds.</param>
    /// <param name="P99">The latency that one in a hundred posts exceeds, in milliseconds.</param>
    /// <param name="Megabytes">The most resident memory of the service.</param>
    private sealed record Measurement(double P50, double P99, double Megabytes);
}
