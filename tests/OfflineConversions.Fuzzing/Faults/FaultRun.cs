using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// Runs the service and the sandbox as two processes, causes random troubles under load, ends them all, waits until
/// nothing is left, and compares what was acknowledged with what arrived. Then it kills the service once more, and lets
/// one life show that metrics, funnel, ledger and sandbox agree.
/// </summary>
internal static class FaultRun
{
    /// <summary>Far more than the backlog of a run needs once all troubles have ended.</summary>
    private static readonly TimeSpan MaxDrain = TimeSpan.FromMinutes(3);

    /// <summary>
    /// How long the last life lasts, in relation to the duration. In it only Meta makes trouble, so that its counters
    /// can be compared.
    /// </summary>
    private const double LastLife = 0.2;

    /// <param name="duration">How long troubles are caused. The end takes some seconds more.</param>
    /// <param name="seed">What the order of the troubles depends on.</param>
    /// <param name="programs">The programs of a PostgreSQL server that keeps the events; null for a file.</param>
    public static async Task<FaultReport> RunAsync(TimeSpan duration, int seed, string? programs = null)
    {
        var outbox = programs is null ? "{}" : (await OutboxDatabase.StartAsync(programs, hasStandby: false)).Settings;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-faults-").FullName;
        var report = await RunAsync(folder, outbox, duration, seed);
        if (report.Problems.Count == 0)
        {
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, "troubles.txt"), report.Trouble.Log);
        }

        return report;
    }

    private static async Task<FaultReport> RunAsync(string folder, string outbox, TimeSpan duration, int seed)
    {
        await using var sandbox = await SandboxProcess.StartAsync(folder);
        await using var service = new Service(folder, sandbox.Address, outbox);
        await service.StartAsync();
        using var client = new OperatorClient(() => service.Process);
        var posted = new PostedSales();
        var trouble = new Trouble(service, sandbox, client, new Random(seed));
        var pace = new Pace(CartEvery: 60, Shortest: 20, Longest: 120);
        var posters = SalesSource
            .All.Select(
                (source, i) => new Poster(source, posted, () => service.Process.Address, new Random(seed + i), pace)
            )
            .ToList();
        using var stopReading = new CancellationTokenSource();

        var reading = sandbox.ReadUntilAsync(stopReading.Token);
        await PostAsync(posters, duration, trouble.RunAsync);
        var unfinished = await DrainAsync(sandbox, client, trouble);
        await service.KillAsync();
        await service.StartAsync();
        var totals = new TotalsCheck(client, sandbox);
        await totals.BeginAsync();
        await PostAsync(posters, duration * LastLife, trouble.RefuseAsync);
        unfinished = [.. unfinished, .. await DrainAsync(sandbox, client, trouble)];
        var disagreements = await totals.ProblemsAsync();
        await stopReading.CancelAsync();
        await reading;
        await sandbox.ReadAsync();
        posters.ForEach(poster => poster.Dispose());

        var comparison = new Comparison(
            new Records(
                posted.Acknowledged,
                posted.PerhapsTwice,
                trouble.Discarded,
                sandbox.Sales,
                sandbox.Calls,
                service.Lives,
                service.Killed,
                await client.LedgerAsync()
            )
        );
        var problems = posted
            .Problems.Concat(trouble.Problems)
            .Concat(unfinished)
            .Concat(comparison.Problems)
            .Concat(await FunnelCheck.ProblemsAsync(client))
            .Concat(disagreements)
            .ToList();
        return new FaultReport(folder, duration, seed, posted, trouble, sandbox.Calls.Count, comparison, problems);
    }

    /// <summary>Posts for a while, and causes trouble meanwhile.</summary>
    private static async Task PostAsync(
        List<Poster> posters,
        TimeSpan duration,
        Func<CancellationToken, Task> causeTrouble
    )
    {
        using var stop = new CancellationTokenSource(duration);
        using var giveUp = new CancellationTokenSource();
        var posting = posters.Select(poster => poster.RunAsync(stop.Token, giveUp.Token)).ToList();
        await causeTrouble(stop.Token);
        giveUp.CancelAfter(MaxDrain);
        await Task.WhenAll(posting);
    }

    /// <summary>Ends all troubles and waits until nothing waits and nothing is on the failed list.</summary>
    private static async Task<string[]> DrainAsync(SandboxProcess sandbox, OperatorClient client, Trouble trouble)
    {
        await sandbox.ClearFaultsAsync();
        var began = TimeProvider.System.GetTimestamp();
        foreach (var source in SalesSource.All)
        {
            await client.CallAsync(HttpMethod.Post, $"/api/connections/{source.Name}/resume");
        }

        while (true)
        {
            var ledger = await client.LedgerAsync();
            if (ledger.Values.All(sums => sums is { Pending: 0, Failed: 0 }))
            {
                return [];
            }

            if (TimeProvider.System.GetElapsedTime(began) > MaxDrain)
            {
                var connections = await client.CallAsync(HttpMethod.Get, "/api/connections");
                return [$"not everything was delivered within {MaxDrain}: {connections.ToJsonString()}"];
            }

            if (ledger.Values.All(sums => sums.Pending == 0))
            {
                await EmptyFailedListAsync(client, trouble);
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Replays what failed. What stays on the list has another copy that was delivered.</summary>
    private static async Task EmptyFailedListAsync(OperatorClient client, Trouble trouble)
    {
        var replay = await client.CallAsync(HttpMethod.Post, "/api/failed/replay", """{"all":true}""");
        if ((long)replay["events"]! > 0)
        {
            return;
        }

        foreach (var failed in (await client.CallAsync(HttpMethod.Get, "/api/failed?limit=1000")).AsArray())
        {
            await trouble.DiscardAsync(failed!);
        }
    }
}

/// <summary>What a run showed.</summary>
internal sealed record FaultReport(
    string Folder,
    TimeSpan Duration,
    int Seed,
    PostedSales Posted,
    Trouble Trouble,
    int Requests,
    Comparison Comparison,
    IReadOnlyList<string> Problems
)
{
    public override string ToString()
    {
        var troubles = Trouble.Counts.Select(trouble => $"{trouble.Value} {trouble.Key}");
        string[] lines =
        [
            $"{Duration.TotalMinutes:0.##} minutes, seed {Seed}: {string.Join(", ", troubles)}",
            $"{Posted.Count} events acknowledged, {Posted.Repeats} duplicates on purpose, "
                + $"{Posted.FailedPosts} posts were repeated",
            $"{Requests} requests to Meta, {Comparison.Arrived} different events arrived, "
                + $"{Trouble.Discarded.Count} were discarded, {Comparison.Lost} lost",
            $"sent again: {Comparison.AfterLostResponse} after a lost response, {Comparison.AfterKill} after a kill "
                + $"(at most {Comparison.MostAtOneKill} of a connection at one kill)",
            Problems.Count == 0 ? "no problem" : $"{Problems.Count} problems; the files are in {Folder}",
        ];
        return string.Join('\n', lines);
    }
}
