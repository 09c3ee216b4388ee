using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.WholeProcess;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Benchmarks.Backlogs;

/// <summary>
/// How long the pages of the console take with many waiting events and a long journal, each asked for by one signed-in
/// reader, one after the other. Meta accepts connections but never responds, so what waits keeps waiting.
/// </summary>
internal static partial class PagesBenchmark
{
    private const int Rounds = 9;

    private static readonly string[] Pages =
    [
        "/console",
        "/console/events",
        "/console/dropped",
        "/console/failed",
        "/console/imports",
        "/console/connections",
        "/console/connections/benchmark",
        "/console/connections/benchmark?days=31",
        "/console/quality",
        "/console/playground",
        "/console/health",
    ];

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var waiting = Number(arguments, 0, 5_000_000);
        var journal = Math.Max(Number(arguments, 1, 10_000_000), 1);
        var folder = Directory.CreateTempSubdirectory("offline-conversions-benchmark-");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        try
        {
            await FillAsync(folder.FullName, waiting, journal);
            var meta = new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
            using var service = await MeasuredService.StartAsync(folder.FullName, meta);
            using var reader = await SignInAsync(service.Port);
            foreach (var page in Pages)
            {
                report.Row(page, await TimesAsync(reader, _ => page), "ms");
            }

            report.Row("search, an event by its id", await TimesAsync(reader, Search("event", journal)), "ms");
            report.Row("search, an order", await TimesAsync(reader, Search("order", journal)), "ms");
            report.Row("search, a number that never arrived", await TimesAsync(reader, Search("none", journal)), "ms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Number(IReadOnlyList<string> arguments, int at, int otherwise) =>
        arguments.Count > at && int.TryParse(arguments[at], CultureInfo.InvariantCulture, out var given)
            ? given
            : otherwise;

    private static async Task FillAsync(string folder, int waiting, int journal)
    {
        var options = new OutboxOptions { Path = Path.Combine(folder, "outbox.db") };
        await WaitingEvents.Orders().StoreAsync(options, "benchmark", first: 0, waiting, TimeSpan.FromDays(7));
        await using var outbox = new SqliteOutbox(options, TimeProvider.System, NullLogger<SqliteOutbox>.Instance);
        await JournalBenchmark.FillAsync(outbox, journal);
    }

    /// <summary>A search for an event from anywhere in the journal.</summary>
    private static Func<int, string> Search(string what, int journal) =>
        round =>
            string.Create(CultureInfo.InvariantCulture, $"/console/events?q={what}%20{(long)journal * round / Rounds}");

    private static async Task<HttpClient> SignInAsync(int port)
    {
        var reader = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        const string signIn = "/console/sign-in";
        var token = Token().Match(await reader.GetStringAsync(new Uri(signIn, UriKind.Relative))).Groups[1].Value;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["__RequestVerificationToken"] = token,
                ["key"] = MeasuredService.OperatorKey,
            }
        );
        using var response = await reader.PostAsync(new Uri(signIn, UriKind.Relative), form);
        response.EnsureSuccessStatusCode();
        return reader;
    }

    /// <summary>Milliseconds until the page has arrived. The first time is left out: it compiles.</summary>
    private static async Task<IReadOnlyCollection<double>> TimesAsync(HttpClient reader, Func<int, string> page)
    {
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var text = await reader.GetStringAsync(new Uri(page(round % Rounds), UriKind.Relative));
            if (!text.Contains("Sign out", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("The reader is not signed in.");
            }

            if (round > 0)
            {
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        return times;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]*)\"")]
    private static partial Regex Token();
}
