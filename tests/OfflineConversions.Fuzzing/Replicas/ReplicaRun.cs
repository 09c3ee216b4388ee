using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Replicas;

/// <summary>
/// Runs three replicas and the sandbox as processes on one PostgreSQL database, kills some of that again and again
/// under load, waits until nothing is left, and compares what was acknowledged with what arrived.
/// </summary>
internal static class ReplicaRun
{
    private static readonly TimeSpan MaxDrain = TimeSpan.FromMinutes(3);

    /// <param name="plan">What it does.</param>
    /// <param name="programs">The folder of PostgreSQL's programs.</param>
    public static async Task<ReplicaReport> RunAsync(ReplicaPlan plan, string programs)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-replicas-").FullName;
        try
        {
            return await RunAsync(plan, programs, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ReplicaReport> RunAsync(ReplicaPlan plan, string programs, string folder)
    {
        var began = TimeProvider.System.GetTimestamp();
        var database = await OutboxDatabase.StartAsync(programs, hasStandby: plan.Victim == Victim.Primary);
        await using var sandbox = await SandboxProcess.StartAsync(folder);
        await using var replicas = new ReplicaSet(folder, sandbox.Address, database.Settings, plan.Beside);
        await replicas.StartAsync();
        using var client = new OperatorClient(() => replicas.Any);
        var posted = new PostedSales();
        var pace = new Pace(CartEvery: int.MaxValue, Shortest: 2, Longest: 20);
        var posters = SalesSource
            .All.Select(
                (source, i) => new Poster(source, posted, () => replicas.Any.Address, new Random(plan.Seed + i), pace)
            )
            .ToList();
        using var stopReading = new CancellationTokenSource();
        var reading = sandbox.ReadUntilAsync(stopReading.Token);

        await KillAsync(plan, replicas, database, posters);
        var unfinished = await DrainAsync(client);
        await stopReading.CancelAsync();
        await reading;
        await sandbox.ReadAsync();
        posters.ForEach(poster => poster.Dispose());

        var comparison = new Comparison(
            new Records(
                posted.Acknowledged,
                posted.PerhapsTwice,
                Discarded: [],
                sandbox.Sales,
                sandbox.Calls,
                replicas.Lives,
                replicas.Killed,
                await client.LedgerAsync()
            )
        );
        string[] problems =
        [
            .. posted.Problems,
            .. unfinished,
            .. comparison.Problems,
            .. await FunnelCheck.ProblemsAsync(client),
        ];
        return new ReplicaReport(plan, TimeProvider.System.GetElapsedTime(began), posted, comparison, problems);
    }

    /// <summary>Posts to all replicas, and kills meanwhile.</summary>
    private static async Task KillAsync(
        ReplicaPlan plan,
        ReplicaSet replicas,
        OutboxDatabase database,
        List<Poster> posters
    )
    {
        var random = new Random(plan.Seed);
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var posting = posters.Select(poster => poster.RunAsync(stop.Token, giveUp.Token)).ToList();
        for (var kill = 0; kill < plan.Kills; kill++)
        {
            await Task.Delay(random.Next(500, 4_000));
            var pause = TimeSpan.FromMilliseconds(random.Next(3_000));
            await (
                plan.Victim switch
                {
                    Victim.Database => database.RestartAsync(pause),
                    Victim.Primary => database.FailOverAsync(pause),
                    _ => replicas.ReplaceAsync(random.Next(ReplicaSet.Count)),
                }
            );
        }

        await stop.CancelAsync();
        giveUp.CancelAfter(MaxDrain);
        await Task.WhenAll(posting);
    }

    /// <summary>Waits until nothing waits.</summary>
    private static async Task<string[]> DrainAsync(OperatorClient client)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await client.LedgerAsync()).Values.Any(sums => sums.Pending > 0))
        {
            if (TimeProvider.System.GetElapsedTime(began) > MaxDrain)
            {
                var connections = await client.CallAsync(HttpMethod.Get, "/api/connections");
                return [$"not everything was delivered within {MaxDrain}: {connections.ToJsonString()}"];
            }

            await Task.Delay(200);
        }

        return [];
    }
}

/// <summary>What a run showed.</summary>
internal sealed record ReplicaReport(
    ReplicaPlan Plan,
    TimeSpan Duration,
    PostedSales Posted,
    Comparison Comparison,
    IReadOnlyList<string> Problems
)
{
    public override string ToString()
    {
        string[] lines =
        [
            $"{Plan.Kills} kills ({Plan.Victim}), seed {Plan.Seed}, {Duration.TotalMinutes:0.#} minutes",
            $"{Posted.Count} events acknowledged, {Posted.Repeats} duplicates on purpose, "
                + $"{Posted.FailedPosts} posts were repeated",
            $"{Comparison.Arrived} different events arrived, {Comparison.Lost} lost",
            $"sent again: {Comparison.AfterLostResponse} after a lost response, {Comparison.AfterKill} after a kill "
                + $"(at most {Comparison.MostAtOneKill} of a connection at one kill)",
            Problems.Count == 0 ? "no problem" : $"{Problems.Count} problems",
        ];
        return string.Join('\n', lines);
    }
}
