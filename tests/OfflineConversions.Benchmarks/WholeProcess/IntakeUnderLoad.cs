using OfflineConversions.Benchmarks.Border;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>The service with half of what it can accept, with more than that, and its memory meanwhile.</summary>
internal static class IntakeUnderLoad
{
    private const int Rounds = 3;

    /// <summary>With so many connections the rate no longer grows.</summary>
    private const int Saturating = 64;

    private const int Overload = 3 * Saturating;
    private const int BatchConnections = 8;

    /// <summary>Measures the latency at half of the best rate, and the rate with three times the connections.</summary>
    public static async Task MeasureAsync(
        ListeningService service,
        IntakeLoads loads,
        TimeSpan duration,
        string[] parts,
        Report report
    )
    {
        var (half, overload) = (parts.Contains("half-load"), parts.Contains("overload"));
        if (!half && !overload)
        {
            return;
        }

        var (p50, p99, relative, refusals) = (
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>()
        );
        var load = loads.Sample;
        await WarmUp.RunAsync(BestAsync);
        for (var round = 0; round < Rounds; round++)
        {
            var best = await BestAsync();
            if (half)
            {
                var latencies = await load.PaceAsync(service.Port, IntakeLoads.Track, Saturating, best / 2, duration);
                p50.Add(At(latencies, 0.5));
                p99.Add(At(latencies, 0.99));
            }

            if (overload)
            {
                load.TakeLongestRefusal();
                relative.Add(await load.RunAsync(service.Port, IntakeLoads.Track, Overload, duration) / best);
                refusals.Add(load.TakeLongestRefusal().TotalMilliseconds);
            }
        }

        if (half)
        {
            report.Row("p50 of a single post at half of full load", p50, "ms");
            report.Row("p99 of a single post at half of full load", p99, "ms");
        }

        if (overload)
        {
            report.Row($"accepted with {Overload} connections / with {Saturating}", relative, "x");
            report.Row("the slowest refusal meanwhile", refusals, "ms");
        }

        Task<double> BestAsync() => load.RunAsync(service.Port, IntakeLoads.Track, Saturating, duration);
    }

    /// <summary>Measures the resident memory of the service in a process with its own settings.</summary>
    public static async Task MeasureMemoryAsync(string folder, int metaPort, TimeSpan duration, Report report)
    {
        using var service = await ServiceProcess.StartAsync(folder, metaPort, limitsRate: false);
        var loads = new IntakeLoads();
        var (singles, batches) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            singles.Add(await MostAsync(loads.Order, IntakeLoads.Track, Saturating));
            batches.Add(await MostAsync(loads.Batch, IntakeLoads.Batches, BatchConnections));
        }

        report.Row("most memory with single posts of the order, 64 connections", singles, "MB");
        report.Row("most memory with batches of 100, 8 connections", batches, "MB");

        async Task<double> MostAsync(Load load, string path, int connections)
        {
            using var memory = new MemoryWatch(service);
            await load.RunAsync(service.Port, path, connections, duration);
            return memory.MostMegabytes;
        }
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
