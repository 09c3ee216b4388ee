using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.Service;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources.FlatFile;

namespace OfflineConversions.Benchmarks.Importing;

/// <summary>
/// Rows a second of an imported table, as a dry run and durably, and the memory of the process. Run it under
/// <c>taskset -c 0</c> for one core; the client is in the same process. One of both alone: <c>import 1000000
/// durable</c>.
/// </summary>
internal static class ImportBenchmark
{
    private const string Key = "benchmark-operator-key";
    private const string DryRun = "dry-run";
    private const string Durable = "durable";
    private const int UsualRows = 1_000_000;
    private const int SmallRows = 20_000;

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var rows =
            arguments.Count > 0 ? int.Parse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture) : UsualRows;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        try
        {
            var small = await TableFile.WriteAsync(Path.Combine(folder.FullName, "small.csv"), SmallRows, "w");
            var large = await TableFile.WriteAsync(Path.Combine(folder.FullName, "large.csv"), rows, "o");
            Report.Note($"{rows} rows of {new FileInfo(large.Path).Length / rows} B");
            await using var service = await ListeningService.StartAsync(Options(folder.FullName));
            using var http = new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{service.Port}"),
                Timeout = Timeout.InfiniteTimeSpan,
            };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            await ImportAsync(http, small, "dryRun=true"); // warms up
            foreach (var way in arguments.Count > 1 ? arguments.Skip(1) : [DryRun, Durable])
            {
                report.Row(way, [await ImportAsync(http, large, $"dryRun={way == DryRun}")], "rows/s");
                report.Row("most memory until then", [MostMemory()], "MB");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double MostMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private static ServiceOptions Options(string folder)
    {
        var options = new ServiceOptions();
        options.Admin.ApiKey = new Secret(Key);
        options.Outbox.Path = Path.Combine(folder, "outbox.db");

        // Nothing listens there: delivery waits, and its cost is not part of the figure.
        options.Graph.BaseAddress = new Uri("http://127.0.0.1:1");
        options.Connections["tills"] = new ConnectionOptions
        {
            Source = FlatFileDefinition.Instance,
            AccessToken = new Secret("benchmark"),
            DatasetId = "1",
        };
        return options;
    }

    private static async Task<double> ImportAsync(HttpClient http, TableFile table, string query)
    {
        await using var file = File.OpenRead(table.Path);
        using var response = await http.PostAsync($"/api/imports?connection=tills&{query}", new StreamContent(file));
        var import = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return import.GetProperty("rowsPerSecond").GetDouble();
    }
}
