using System.Globalization;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Replicas;

/// <summary>Kills replicas, or their database, under load, with an independent count.</summary>
internal static class ReplicasCommand
{
    private const int ShownProblems = 20;

    /// <summary>How it is called.</summary>
    public const string Usage =
        "replicas [replica | restart | failover, default replica] [kills, default 200] [--seed N, default 1] "
        + "[--beside FOLDER, of an earlier build of the service for one of the replicas]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a promise was broken.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Read(args) is not { } plan)
        {
            await Console.Error.WriteLineAsync($"usage: {Usage}");
            return 2;
        }

        if (PostgresProcess.FindPrograms() is not { } programs)
        {
            await Console.Error.WriteLineAsync($"There is {PostgresProcess.Missing}");
            return 2;
        }

        var report = await ReplicaRun.RunAsync(plan, programs);
        Console.WriteLine(report);
        foreach (var problem in report.Problems.Take(ShownProblems))
        {
            Console.WriteLine($"  {problem}");
        }

        return report.Problems.Count == 0 ? 0 : 1;
    }

    private static ReplicaPlan? Read(string[] args)
    {
        var plan = new ReplicaPlan(Victim.Replica, Kills: 200, Seed: 1);
        for (var at = 0; at < args.Length; at++)
        {
            var next = at + 1 < args.Length ? args[at + 1] : null;
            switch (args[at])
            {
                case "replica":
                    plan = plan with { Victim = Victim.Replica };
                    break;
                case "restart":
                    plan = plan with { Victim = Victim.Database };
                    break;
                case "failover":
                    plan = plan with { Victim = Victim.Primary };
                    break;
                case "--seed" when IsNumber(next, out var seed):
                    plan = plan with { Seed = seed };
                    at++;
                    break;
                case "--beside" when Directory.Exists(next):
                    plan = plan with { Beside = Path.GetFullPath(next) };
                    at++;
                    break;
                case var given when IsNumber(given, out var kills) && kills > 0:
                    plan = plan with { Kills = kills };
                    break;
                default:
                    return null;
            }
        }

        return plan;
    }

    private static bool IsNumber(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>What is killed.</summary>
internal enum Victim
{
    /// <summary>A replica of the service, which is started again.</summary>
    Replica,

    /// <summary>The database server, which is started again.</summary>
    Database,

    /// <summary>The database server for ever. Its standby is promoted, and gets a standby of its own.</summary>
    Primary,
}

/// <summary>What a run does.</summary>
/// <param name="Victim">What is killed.</param>
/// <param name="Kills">How often.</param>
/// <param name="Seed">What the order of the kills and the posts depends on.</param>
/// <param name="Beside">The folder of an earlier build, which the first replica runs.</param>
internal sealed record ReplicaPlan(Victim Victim, int Kills, int Seed, string Beside = "");
