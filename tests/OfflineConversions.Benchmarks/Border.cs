using System.Net;
using System.Net.Sockets;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// What good traffic feels of bad: its latency without and with thousands of slow sockets, and without and with a
/// stream of bombs and other nasty bodies, and, as the floor, with the same stream sent to another server; and what the
/// service's memory does. The service, the good and the bad are a process each and share the machine.
/// </summary>
internal static class Border
{
    public const int SlowSocketCount = 5_000;

    /// <summary>By what this program calls them.</summary>
    public static readonly string[] Companies = ["slow-sockets", "nasty-bodies", "nasty-elsewhere"];

    private const int Rounds = 5;

    public static async Task RunAsync(TimeSpan duration, string? only)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        using var meta = new TcpListener(IPAddress.Loopback, 0);
        meta.Start();
        try
        {
            using var service = await ServiceProcess.StartAsync(folder.FullName, ((IPEndPoint)meta.LocalEndpoint).Port);
            Console.WriteLine(
                $"{Environment.ProcessorCount} cores shared by server and clients; good traffic is {GoodTraffic.Connections} connections, together {GoodTraffic.PostsPerSecond} orders a second"
            );
            await GoodTraffic.RunAsync(service.Port, duration);
            foreach (var command in only is null ? Companies : [only])
            {
                await CompareAsync(command, service, duration);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Turn by turn, so that a machine that drifts drifts for both alike.
    private static async Task CompareAsync(string trouble, ServiceProcess service, TimeSpan duration)
    {
        var (p50, p99, memory) = (Pair(), Pair(), Pair());
        for (var round = 0; round < Rounds; round++)
        {
            await MeasureAsync(0, round);
            var company = await BadCompany.StartAsync(trouble, service.Port);
            await using (company)
            {
                await Task.Delay(TimeSpan.FromSeconds(1)); // what is measured is their being there, not their coming
                await MeasureAsync(1, round);
            }

            Console.Write($"  round {round + 1}, p99 {p99[0][round]:N1} and {p99[1][round]:N1} ms: {company.Did}");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Report.Row($"p50 without {trouble}", p50[0], "ms");
        Report.Row($"p50 with {trouble}", p50[1], "ms");
        Report.Row($"p99 without {trouble}", p99[0], "ms");
        Report.Row($"p99 with {trouble}", p99[1], "ms");
        Report.Row("p99: with / without", [.. p99[1].Zip(p99[0], (with, without) => with / without)], "x");
        Report.Row($"memory without {trouble}", memory[0], "MB");
        Report.Row($"most memory with {trouble}", memory[1], "MB");

        async Task MeasureAsync(int which, int round)
        {
            using var watch = new MemoryWatch(service);
            var latencies = await GoodTraffic.RunAsync(service.Port, duration);
            (p50[which][round], p99[which][round], memory[which][round]) = (
                At(latencies, 0.5),
                At(latencies, 0.99),
                watch.MostMegabytes
            );
        }
    }

    private static double[][] Pair() => [new double[Rounds], new double[Rounds]];

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
