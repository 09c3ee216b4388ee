using OfflineConversions.Fuzzing.Targets;
using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>
/// Records a workload, and tries power cuts after each of its writes. The same seed tries the same cuts.
/// </summary>
internal static class PowerCutRun
{
    private const int Steps = 40;

    private static readonly string Memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <summary>Tries a number of power cuts.</summary>
    /// <param name="histories">How many cuts.</param>
    /// <param name="seed">The seed of the first recording; each recording gets the next one.</param>
    /// <returns>What was found.</returns>
    public static async Task<PowerCutReport> RunAsync(int histories, int seed)
    {
        var folder = CreateFolder(Path.Combine(Memory, $"power-cut-{Guid.NewGuid():N}"));
        var report = new PowerCutReport();
        try
        {
            while (report.Histories < histories)
            {
                await RecordAndCutAsync(folder, seed++, histories, report);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return report;
    }

    private static async Task RecordAndCutAsync(string parent, int seed, int histories, PowerCutReport report)
    {
        var recorded = await RecordAsync(parent, seed);
        report.Recordings++;
        report.Writes += recorded.Writes.Count;

        var random = new Random(seed);
        var disk = new PowerCutDisk();
        var left = histories - report.Histories;
        foreach (var (index, write) in recorded.Writes.Take(left).Index())
        {
            disk.Apply(write);
            var writes = index + 1;
            report.Histories++;
            var cut = CreateFolder(Path.Combine(parent, $"cut-{writes}"));
            SmallOutboxFile.WriteEmptyReserve(Path.Combine(cut, "outbox.db"));
            disk.WriteTo(cut, random);
            if (await PowerCutCheck.RunAsync(cut, recorded.Events, writes) is { } problem)
            {
                report.Findings.Add($"seed {seed}, after {writes} writes: {problem}");
            }

            Directory.Delete(cut, recursive: true);
        }
    }

    private static async Task<Recorded> RecordAsync(string parent, int seed)
    {
        var folder = CreateFolder(Path.Combine(parent, "recorded"));
        SmallOutboxFile.WriteEmptyReserve(Path.Combine(folder, "outbox.db"));
        using var recorder = new WriteRecorder(folder);
        var workload = new PowerCutWorkload(folder, recorder, seed);
        await using (workload)
        {
            await workload.RunAsync(Steps);
        }

        Directory.Delete(folder, recursive: true);
        return new Recorded(recorder.Writes, workload.Events);
    }

    /// <summary>
    /// Whatever the umask: the outbox warns of a folder that others can write to, and no warning may be logged here.
    /// </summary>
    private static string CreateFolder(string path)
    {
        OwnerOnlyFiles.CreateFolder(path);
        return path;
    }

    /// <summary>What a workload did to its files, and to its events.</summary>
    private sealed record Recorded(IReadOnlyList<DiskWrite> Writes, IReadOnlyDictionary<string, EventHistory> Events);
}

/// <summary>What a series of power cuts showed.</summary>
internal sealed class PowerCutReport
{
    /// <summary>How many workloads were recorded.</summary>
    public int Recordings { get; set; }

    /// <summary>How many writes they consist of.</summary>
    public long Writes { get; set; }

    /// <summary>How many power cuts were tried.</summary>
    public int Histories { get; set; }

    /// <summary>What was wrong after one of them.</summary>
    public List<string> Findings { get; } = [];
}
