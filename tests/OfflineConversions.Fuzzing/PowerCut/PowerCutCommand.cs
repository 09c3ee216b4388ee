using System.Diagnostics;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>Tries power cuts after each write of many recorded workloads.</summary>
internal static class PowerCutCommand
{
    /// <summary>How it is called.</summary>
    public const string Usage = "power-cuts [histories, default 100000] [seed, default 1]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a promise was broken.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (histories, seed) = (Arguments.Number(args, 0, 100_000), Arguments.Number(args, 1, 1));
        if (args.Length > 2 || histories is null || seed is null)
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }

        var clock = Stopwatch.StartNew();
        var report = await PowerCutRun.RunAsync(histories.Value, seed.Value);
        Console.WriteLine(
            $"{report.Histories} power cuts in {report.Recordings} workloads with {report.Writes} writes: "
                + $"{report.Findings.Count} broken promises, {clock.Elapsed.TotalSeconds:F0} s"
        );
        foreach (var finding in report.Findings.Take(20))
        {
            Console.WriteLine($"  {finding}");
        }

        return report.Findings.Count == 0 ? 0 : 1;
    }
}
