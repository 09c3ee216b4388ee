using Microsoft.Data.Sqlite;
using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Soak;

/// <summary>
/// Runs the service under a steady load that delivery keeps up with, and samples what it occupies. Deduplication keys
/// live for a minute, and the failed list, to which a few events move, keeps them for an hour, the shortest retention.
/// </summary>
internal static class SoakRun
{
    /// <summary>How often an event is one that Meta refuses.</summary>
    private const int CartEvery = 500;

    /// <summary>Samples after the warm-up that a short run has at least.</summary>
    public const int MinSamples = 10;

    private static readonly TimeSpan MaxDrain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(30);

    /// <summary>The failed list is level only once its first events have expired.</summary>
    private static readonly TimeSpan UntilEventsExpire = TimeSpan.FromMinutes(70);

    public static async Task<SoakReport> RunAsync(TimeSpan duration, int seed)
    {
        var folder = Directory.CreateTempSubdirectory("offline-conversions-soak-").FullName;
        try
        {
            return await RunAsync(folder, duration, seed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SoakReport> RunAsync(string folder, TimeSpan duration, int seed)
    {
        await using var sandbox = await SandboxProcess.StartAsync(folder);
        await sandbox.FaultAsync($$"""{ "eventName": "{{Sale.CartEvent}}", "code": 100, "subcode": 2804019 }""");
        var settings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(settings, Settings(sandbox.Address));
        await using var service = await RunningProcess.StartAsync(
            "OfflineConversions.Server.dll",
            folder,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            },
            "--config",
            settings
        );
        using var client = new OperatorClient(() => service);
        var posted = new PostedSales();
        var pace = new Pace(CartEvery, Shortest: 60, Longest: 140);
        var posters = SalesSource
            .All.Select((source, i) => new Poster(source, posted, () => service.Address, new Random(seed + i), pace))
            .ToList();

        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var posting = posters.Select(poster => poster.RunAsync(stop.Token, giveUp.Token)).ToList();
        var warmUp = duration >= UntilEventsExpire + TimeSpan.FromMinutes(30) ? UntilEventsExpire : duration / 3;
        var samples = await SampleAsync(sandbox, service, client, folder, duration, warmUp);
        await stop.CancelAsync();
        giveUp.CancelAfter(MaxDrain);
        await Task.WhenAll(posting);
        posters.ForEach(poster => poster.Dispose());

        var ledger = await DrainedAsync(client);
        await sandbox.ReadAsync();
        List<string> problems = [.. posted.Problems, .. Compare(posted, sandbox, ledger)];
        if (!await service.StopAsync())
        {
            problems.Add($"The service did not stop with 0. Its output:\n{service.Output}");
        }

        var keyBytes = await KeyBytesAsync(Path.Combine(folder, "data", "outbox.db"));
        return new SoakReport(duration, warmUp, seed, posted.Count, keyBytes, samples, problems);
    }

    /// <returns>The samples after the warm-up.</returns>
    private static async Task<List<SoakSample>> SampleAsync(
        SandboxProcess sandbox,
        RunningProcess service,
        OperatorClient client,
        string folder,
        TimeSpan duration,
        TimeSpan warmUp
    )
    {
        using var http = new HttpClient();
        var interval = duration / 150;
        interval =
            interval < ShortestInterval ? ShortestInterval
            : interval > LongestInterval ? LongestInterval
            : interval;
        var samples = new List<SoakSample>();
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < duration || samples.Count < MinSamples)
        {
            await Task.Delay(interval);
            await sandbox.ReadAsync();
            await http.GetStringAsync(new Uri(service.Address, "/metrics"));
            await client.CallAsync(HttpMethod.Get, "/api/failed?limit=10");
            var ledger = await client.LedgerAsync();
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            var sample = await SoakSample.TakeAsync(elapsed.TotalHours, service, folder, ledger);
            if (elapsed >= warmUp)
            {
                samples.Add(sample);
            }
        }

        return samples;
    }

    private static async Task<IReadOnlyDictionary<string, LedgerSums>> DrainedAsync(OperatorClient client)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var ledger = await client.LedgerAsync();
            if (ledger.Values.All(sums => sums.Pending == 0) || TimeProvider.System.GetElapsedTime(began) > MaxDrain)
            {
                return ledger;
            }

            await Task.Delay(100);
        }
    }

    private static IEnumerable<string> Compare(
        PostedSales posted,
        SandboxProcess sandbox,
        IReadOnlyDictionary<string, LedgerSums> ledger
    )
    {
        var arrived = sandbox.Sales.Select(sale => sale.Id).Distinct(StringComparer.Ordinal).Count();
        var (accepted, delivered) = (ledger.Values.Sum(l => l.Accepted), ledger.Values.Sum(l => l.Delivered));
        var refused = ledger.Values.Sum(sums => sums.Failed + sums.Expired);
        if (accepted != posted.Count || delivered != arrived || accepted != delivered + refused)
        {
            yield return $"{posted.Count} acknowledged, {accepted} accepted, {delivered} delivered, {refused} refused, "
                + $"{arrived} arrived";
        }

        if (arrived != sandbox.Sales.Count)
        {
            yield return $"{sandbox.Sales.Count - arrived} events arrived twice";
        }
    }

    private static async Task<long> KeyBytesAsync(string file)
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString()
        );
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT ifnull(sum(length(keys)), 0) FROM taken_keys";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string Settings(Uri sandbox)
    {
        var connections = SalesSource.All.Select(source =>
            $$"""
                "{{source.Name}}": { {{source.Settings}}, "AccessToken": "soak-token",
                  "WriteKeys": [ "{{source.Key}}" ], "DeduplicationWindow": "00:01:00" }
                """
        );
        return $$"""
            {
              "Graph": { "BaseAddress": "{{sandbox}}" },
              "Admin": { "ApiKey": "{{OperatorClient.Key}}" },
              "Delivery": { "FlushInterval": "00:00:00.5" },
              "Outbox": { "FailedRetention": "01:00:00" },
              "Connections": { {{string.Join(',', connections)}} }
            }
            """;
    }
}
