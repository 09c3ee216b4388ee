using System.Diagnostics;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>Damages outbox files and their WALs at random, and counts what a start makes of them.</summary>
internal static class CorruptionCommand
{
    /// <summary>How it is called.</summary>
    public const string Usage =
        "corruption [number of damaged files, default 10000] [seed, default 1] [first, default 0]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a promise was broken.</returns>
    public static int Run(string[] args)
    {
        var (count, seed, first) = (
            Arguments.Number(args, 0, 10_000),
            Arguments.Number(args, 1, 1),
            Arguments.Number(args, 2, 0)
        );
        if (args.Length > 3 || count is null || seed is null || first is null)
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }

        var watch = Stopwatch.StartNew();
        using var run = new CorruptionRun(seed.Value);
        for (var number = 0; number < count; number++)
        {
            run.Damage(first.Value + number);
        }

        Console.WriteLine(run.Report(watch.Elapsed));
        return run.Problems.Count == 0 ? 0 : 1;
    }
}
