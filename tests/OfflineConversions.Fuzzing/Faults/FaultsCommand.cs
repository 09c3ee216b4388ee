namespace OfflineConversions.Fuzzing.Faults;

/// <summary>Random troubles for some minutes, with an independent count.</summary>
internal static class FaultsCommand
{
    private const int ShownProblems = 20;

    /// <summary>How it is called.</summary>
    public const string Usage = "faults [minutes, default 5] [--seed N, default 1]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a promise was broken.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Processes.Arguments.Read(args, minutes: 5) is not { } arguments)
        {
            await Console.Error.WriteLineAsync($"usage: {Usage}");
            return 2;
        }

        var report = await FaultRun.RunAsync(arguments.Duration, arguments.Seed);
        Console.WriteLine(report);
        foreach (var problem in report.Problems.Take(ShownProblems))
        {
            Console.WriteLine($"  {problem}");
        }

        return report.Problems.Count == 0 ? 0 : 1;
    }
}
