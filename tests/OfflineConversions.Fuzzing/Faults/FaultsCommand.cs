using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>Random troubles for some minutes, with an independent count.</summary>
internal static class FaultsCommand
{
    private const int ShownProblems = 20;
    private const string OnPostgres = "--postgresql";

    /// <summary>How it is called.</summary>
    public const string Usage = $"faults [minutes, default 5] [--seed N, default 1] [{OnPostgres}]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a promise was broken.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var onPostgres = args.Contains(OnPostgres);
        if (Arguments.Read([.. args.Where(given => given != OnPostgres)], minutes: 5) is not { } arguments)
        {
            await Console.Error.WriteLineAsync($"usage: {Usage}");
            return 2;
        }

        var programs = PostgresProcess.FindPrograms();
        if (onPostgres && programs is null)
        {
            await Console.Error.WriteLineAsync($"There is {PostgresProcess.Missing}");
            return 2;
        }

        var report = await FaultRun.RunAsync(arguments.Duration, arguments.Seed, onPostgres ? programs : null);
        Console.WriteLine(report);
        foreach (var problem in report.Problems.Take(ShownProblems))
        {
            Console.WriteLine($"  {problem}");
        }

        return report.Problems.Count == 0 ? 0 : 1;
    }
}
