using System.Globalization;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Soak;

/// <summary>What the service occupies at one time.</summary>
/// <param name="Hours">The time since the start.</param>
/// <param name="Values">A value for each of <see cref="Quantity.All"/>.</param>
internal sealed record SoakSample(double Hours, IReadOnlyList<double> Values)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>Takes a sample after a full collection, so that garbage does not count.</summary>
    public static async Task<SoakSample> TakeAsync(
        double hours,
        RunningProcess service,
        string folder,
        IReadOnlyDictionary<string, LedgerSums> ledger
    )
    {
        var request = Path.Combine(folder, StartupHook.Request);
        await File.WriteAllTextAsync(request, "");
        for (var began = TimeProvider.System.GetTimestamp(); File.Exists(request); await Task.Delay(10))
        {
            if (TimeProvider.System.GetElapsedTime(began) > MaxWait)
            {
                throw new TimeoutException($"The service measured nothing. Its output:\n{service.Output}");
            }
        }

        var heap = long.Parse(
            await File.ReadAllTextAsync(Path.Combine(folder, StartupHook.Heap)),
            CultureInfo.InvariantCulture
        );
        var source = new SampleSource(service, heap, Path.Combine(folder, "data", "outbox.db"), ledger);
        return new SoakSample(hours, [.. Quantity.All.Select(quantity => quantity.Measure(source))]);
    }
}

/// <summary>What a sample is read from.</summary>
internal sealed record SampleSource(
    RunningProcess Service,
    long HeapBytes,
    string OutboxFile,
    IReadOnlyDictionary<string, LedgerSums> Ledger
);

/// <summary>Something that must not keep growing under a steady load.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Allowed">How much it may grow between the warm-up and the end; null for no limit.</param>
/// <param name="Measure">Its value.</param>
internal sealed record Quantity(string Name, string Unit, double? Allowed, Func<SampleSource, double> Measure)
{
    private const double Megabyte = 1_000_000;

    public static IReadOnlyList<Quantity> All { get; } =
    [
        new("resident memory", "MB", 8, source => source.Service.ResidentBytes / Megabyte),
        new("heap after a full collection", "MB", 2, source => source.HeapBytes / Megabyte),
        new("open files and sockets", "", 8, source => source.Service.Handles),
        new("threads", "", 8, source => source.Service.Threads),
        new("database file", "MB", 2, source => Size(source.OutboxFile)),
        new("WAL", "MB", 4, source => Size(source.OutboxFile + "-wal")),
        new("waiting events", "", 500, source => source.Ledger.Values.Sum(sums => sums.Pending)),
        new("failed events", "", null, source => source.Ledger.Values.Sum(sums => sums.Failed)),
        new("expired events", "", null, source => source.Ledger.Values.Sum(sums => sums.Expired)),
    ];

    private static double Size(string file) => File.Exists(file) ? new FileInfo(file).Length / Megabyte : 0;
}
