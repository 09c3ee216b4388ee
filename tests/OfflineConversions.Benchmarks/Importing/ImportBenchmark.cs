using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
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
            var small = Path.Combine(folder.FullName, "small.csv");
            var large = Path.Combine(folder.FullName, "large.csv");
            await WriteAsync(small, SmallRows, "w");
            await WriteAsync(large, rows, "o");
            Report.Note($"{rows} rows of {new FileInfo(large).Length / rows} B");
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

    private static async Task WriteAsync(string path, int rows, string prefix)
    {
        await using var file = new StreamWriter(path, append: false, Encoding.UTF8);
        await file.WriteLineAsync("order_id,event_time,email,phone,fn,ln,city,zip,country,value,currency");
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        var at = yesterday.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        for (var row = 0; row < rows; row++)
        {
            await file.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{prefix}{row},{at},jane.doe{row}@example.com,+49301{row:D7},Jane,Doe,Berlin,10115,DE,"
                        + $"{row % 500}.95,EUR"
                )
            );
        }
    }

    private static async Task<double> ImportAsync(HttpClient http, string path, string query)
    {
        await using var file = File.OpenRead(path);
        using var response = await http.PostAsync($"/api/imports?connection=tills&{query}", new StreamContent(file));
        var import = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return import.GetProperty("rowsPerSecond").GetDouble();
    }
}
