using OfflineConversions.Benchmarks.Backlogs;
using OfflineConversions.Benchmarks.Border;
using OfflineConversions.Benchmarks.Comparing;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Importing;
using OfflineConversions.Benchmarks.Micro;
using OfflineConversions.Benchmarks.Plotting;
using OfflineConversions.Benchmarks.Postgres;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.WholeProcess;

namespace OfflineConversions.Benchmarks;

/// <summary>One thing that this program measures.</summary>
/// <param name="Name">Its first argument.</param>
/// <param name="Arguments">The arguments that follow, as the help shows them.</param>
/// <param name="Summary">What it measures.</param>
/// <param name="RunAsync">Measures it.</param>
internal sealed record Command(
    string Name,
    string Arguments,
    string Summary,
    Func<IReadOnlyList<string>, Report, Task> RunAsync
)
{
    /// <summary>Every command, in the order of the help.</summary>
    public static IReadOnlyList<Command> All { get; } =
    [
        new(
            "micro",
            "[BenchmarkDotNet's arguments, such as --filter *Hash*]",
            "mapping, hashing, normalising and encoding of one order, with BenchmarkDotNet",
            MicroBenchmarks.RunAsync
        ),
        new(
            "mapping",
            "",
            "one event from bytes to bytes, as a ratio to its floor: reading its JSON and hashing its keys",
            MappingBenchmark.RunAsync
        ),
        new(
            "intake",
            $"[SECONDS = 3] [encrypted] [{string.Join(" | ", IntakeBenchmark.Parts)}]",
            "events a second that are on disk before the response, beside bare Kestrel, and under overload",
            IntakeBenchmark.RunAsync
        ),
        new(
            "deliver",
            "[EVENTS = 200000]",
            "how fast a backlog drains, beside a bare client that posts the same bodies",
            DeliverBenchmark.RunAsync
        ),
        new(
            "backlog",
            "[WAITING = 5000000] [KEYS = 10000000] [SECONDS = 3]",
            "rates, start, memory and disk with many waiting orders and keys, beside an empty outbox",
            BacklogBenchmark.RunAsync
        ),
        new(
            "pages",
            "[WAITING = 5000000] [JOURNAL = 10000000]",
            "how long the pages of the console take with many waiting orders and a long journal",
            PagesBenchmark.RunAsync
        ),
        new(
            "postgres",
            $"[ROUNDS = 3] [WAITING = 500000] [KEYS = 2000000] [{string.Join(" | ", PostgresBenchmark.Parts)}]",
            "intake, replicas, draining and a backlog on a private PostgreSQL server, beside a bare writer and SQLite",
            PostgresBenchmark.RunAsync
        ),
        new(
            "soak",
            "[MINUTES = 10]",
            "full load over a long time: rate, p99, memory and handles",
            SoakBenchmark.RunAsync
        ),
        new(
            "import",
            "[ROWS = 1000000] [dry-run] [durable]",
            "rows a second of an imported table, as a dry run and durably, and the memory of the process",
            ImportBenchmark.RunAsync
        ),
        new(
            "killed-import",
            "[ROWS = 1000000] [KILLS = 5]",
            "an import by the command-line tool while the service is killed again and again: its rate, the memory of "
                + "each process, and whether every sale arrives at Meta and the report is exact",
            KilledImportBenchmark.RunAsync
        ),
        new("encryption", "", "what Outbox:Encrypt adds to an event", EncryptionBenchmark.RunAsync),
        new(
            "erasure",
            "[EVENTS = 1000000] [encrypted]",
            "an erasure among many stored events, and the posts and deliveries meanwhile",
            ErasureBenchmark.RunAsync
        ),
        new(
            "journal",
            "[EVENTS = 10000000]",
            "what the journal adds to an event of a batch, and how long it takes to find one event among many",
            JournalBenchmark.RunAsync
        ),
        new(
            "border",
            $"[SECONDS = 10] [{string.Join(" | ", HostileClient.All.Select(client => client.Name))}]",
            "the latency of ordinary posts without and with hostile clients, and the memory of the service",
            BorderBenchmark.RunAsync
        ),
        new(
            "plot",
            "FILE... OUT.svg",
            "draws the main results beside their targets, from files that --json wrote",
            Plot.RunAsync
        ),
        new(
            "compare",
            "OLD NEW [--rounds N = 3] COMMAND [ARGUMENTS]",
            "a command of two builds by turns; OLD and NEW are the output folders of this project",
            Comparison.RunAsync
        ),
    ];

    /// <summary>The text of <c>--help</c>.</summary>
    public static string Help =>
        $"""
            usage: OfflineConversions.Benchmarks COMMAND [ARGUMENTS] [--json FILE]

            {string.Join('\n', All.Select(command => $"  {command.Name} {command.Arguments}\n      {command.Summary}"))}

            Every figure is a median of several rounds with its least and its greatest value. --json writes them to a
            file as well. Seconds are those of one measurement. What the figures mean: docs/performance.md
            """;
}
