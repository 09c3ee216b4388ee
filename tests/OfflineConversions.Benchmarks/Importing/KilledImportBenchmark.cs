using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Importing;

/// <summary>
/// The command-line tool imports a table while the service is killed again and again, each time to continue on the same
/// outbox. It fails unless the report is exact and every sale arrives at Meta: once if Meta was away during the kills,
/// and otherwise again at most for what was in flight at a kill.
/// </summary>
internal static class KilledImportBenchmark
{
    private const string Id = "killed";

    /// <summary>By the defaults, the most events that are on their way to Meta at a kill.</summary>
    private const int MostInFlight = 4 * 1000;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var rows = Number(arguments, 0, 1_000_000);
        var kills = Number(arguments, 1, 5);
        foreach (var isMetaAway in new[] { true, false })
        {
            var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
            try
            {
                var table = await TableFile.WriteAsync(Path.Combine(folder.FullName, "table.csv"), rows, "o", true);
                await MeasureAsync(folder.FullName, table, kills, isMetaAway, report);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static int Number(IReadOnlyList<string> arguments, int at, int otherwise) =>
        arguments.Count > at ? int.Parse(arguments[at], NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    private static async Task MeasureAsync(string folder, TableFile table, int kills, bool isMetaAway, Report report)
    {
        using var service = await KilledService.StartAsync(folder);
        await using var meta = new CountingMeta(service.MetaPort, table.Rows);
        if (!isMetaAway)
        {
            await meta.StartAsync();
        }

        using var tool = StartTool(folder, table, service);
        var began = Stopwatch.GetTimestamp();
        for (var kill = 1; kill <= kills; kill++)
        {
            var next = (long)table.Rows * kill / (kills + 1);
            await UntilAsync(async () => await RowsAsync(service) >= next);
            await service.KillAsync();
        }

        var toolBytes = 0L;
        await UntilAsync(() =>
        {
            // One that ends right now has no memory any more.
            tool.Refresh();
            toolBytes = tool.HasExited ? toolBytes : Math.Max(toolBytes, tool.PeakWorkingSet64);
            return Task.FromResult(tool.HasExited);
        });
        var rate = table.Rows / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Check(tool.ExitCode == 0, "The tool succeeds.");
        await CheckReportAsync(table, service);
        if (isMetaAway)
        {
            await meta.StartAsync();
        }

        await UntilAsync(async () => Pending(await service.GetAsync("/api/ledger")) == 0);
        var again = CheckArrivals(table, meta, isMetaAway ? 0 : kills * MostInFlight);
        var when = isMetaAway ? "Meta is away" : "Meta takes events";
        report.Row($"killed {kills} times, {when}", [rate], "rows/s");
        report.Row($"most memory of the service in each life, {when}", service.MostMegabytes(), "MB");
        report.Row($"most memory of the tool, {when}", [toolBytes / 1e6], "MB");
        Report.Note($"the report is exact; {table.Accepted} sales arrived, {again} of them twice");
    }

    private static Process StartTool(string folder, TableFile table, KilledService service)
    {
        string[] arguments = ["import", table.Path, "--connection", KilledService.Connection, "--id", Id, "--json"];
        var start = ListeningProcess.StartOf("offline-conversions.dll", folder, arguments);
        start.Environment["OFFLINE_CONVERSIONS_SERVER"] = service.Address.ToString();
        start.Environment["OFFLINE_CONVERSIONS_KEY"] = KilledService.Key;
        return Process.Start(start)!;
    }

    /// <summary>The rows that are on disk; 0 before the import has begun.</summary>
    private static async Task<long> RowsAsync(KilledService service)
    {
        var import = await service.GetAsync($"/api/imports/{Id}");
        return import.TryGetProperty("rows", out var rows) ? rows.GetInt64() : 0;
    }

    private static async Task CheckReportAsync(TableFile table, KilledService service)
    {
        var import = await service.GetAsync($"/api/imports/{Id}");
        var reasons = import.GetProperty("reasons");
        Check(import.GetProperty("state").GetString() == "completed", "The import is completed.");
        Check(import.GetProperty("rows").GetInt64() == table.Rows, "Every row is counted once.");
        Check(import.GetProperty("accepted").GetInt64() == table.Accepted, "Every sale is accepted once.");
        Check(import.GetProperty("ignored").GetInt64() == table.Repeats, "Every repeat is ignored once.");
        Check(import.GetProperty("rejected").GetInt64() == table.Rejected.Count(), "Every other row is rejected.");
        Check(Count(reasons, "duplicate") == table.Repeats, "Repeats are duplicates.");
        Check(
            Count(reasons, "insufficient_customer_information") == table.Rejected.Count(),
            "What is rejected has no customer."
        );
        var listed = await service.GetTextAsync($"/api/imports/{Id}/rejected");
        var numbers = listed
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(row => row.Split(',')[0]);
        Check(
            numbers.SequenceEqual(table.Rejected.Select(row => row.ToString(CultureInfo.InvariantCulture))),
            "The list of rejected rows has exactly these."
        );
        var ledger = (await service.GetAsync("/api/ledger"))[0];
        Check(ledger.GetProperty("accepted").GetInt64() == table.Accepted, "The ledger has every sale once.");
    }

    private static long Count(JsonElement counts, string code) =>
        counts.TryGetProperty(code, out var count) ? count.GetInt64() : 0;

    private static long Pending(JsonElement ledger) => ledger[0].GetProperty("pending").GetInt64();

    /// <returns>How many sales arrived twice.</returns>
    private static int CheckArrivals(TableFile table, CountingMeta meta, int mostAgain)
    {
        var expected = Enumerable.Range(0, table.Rows).Select(row => table.IsNewSale(row) ? 1 : 0);
        Check(expected.Zip(meta.Arrivals).All(row => Math.Min(row.Second, 1) == row.First), "Every sale arrives.");
        var again = meta.Arrivals.Sum() - table.Accepted;
        Check(again <= mostAgain, "Only what was in flight at a kill arrives again.");
        return again;
    }

    private static void Check(bool holds, string promise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"This does not hold: {promise}");
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            await Task.Delay(BetweenLooks);
        }
    }
}
