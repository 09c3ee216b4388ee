using System.Globalization;
using OfflineConversions.Benchmarks.Delivering;
using OfflineConversions.Benchmarks.Reporting;
using OfflineConversions.Benchmarks.WholeProcess;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>
/// What the service does with a database on the same machine: intake beside a bare writer of the same rows, several
/// replicas beside one, a backlog beside none, and draining beside SQLite. Everything runs by turns on one server.
/// </summary>
internal static class PostgresBenchmark
{
    private const int BatchConnections = 8;
    private const int SingleConnections = 64;
    private const int ManyReplicas = 4;
    private const int Drained = 100_000;
    private const int DrainedToWarmUp = 20_000;
    private const int DrainedPayload = 900;
    private const int WarmUpRounds = 2;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    /// <summary>What it measures, by the argument that chooses it. Without one, it measures everything.</summary>
    public static readonly string[] Parts = ["batches", "replicas", "backlog", "single-posts", "drain"];

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        int[] numbers =
        [
            .. arguments
                .TakeWhile(argument => !Parts.Contains(argument))
                .Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)),
        ];
        var rounds = numbers.ElementAtOrDefault(0) is var given and > 0 ? given : 3;
        var (waiting, keys) = (
            numbers is [_, var many, ..] ? many : 500_000,
            numbers is [_, _, var most] ? most : 2_000_000
        );
        string[] parts = Parts.Any(arguments.Contains) ? [.. Parts.Where(arguments.Contains)] : Parts;
        await using var server = await PrivateServer.StartAsync();
        if (parts is not ["drain"])
        {
            await MeasureIntakeAsync(server, parts, rounds, new Size(waiting, keys), report);
        }

        if (parts.Contains("drain"))
        {
            await MeasureDrainAsync(server, rounds, report);
        }
    }

    private static async Task MeasureIntakeAsync(
        PrivateServer server,
        string[] parts,
        int rounds,
        Size size,
        Report report
    )
    {
        var loads = new IntakeLoads();
        Report.Note($"{loads}");
        using var one = await Replicas.StartAsync(1, await server.CreateDatabaseAsync());
        using var four = await Replicas.StartAsync(
            parts.Contains("replicas") ? ManyReplicas : 0,
            await server.CreateDatabaseAsync()
        );
        var fullDatabase = await server.CreateDatabaseAsync();
        if (parts.Contains("backlog"))
        {
            await Backlog.FillAsync(fullDatabase, size.Waiting, size.Keys, report);
        }

        using var full = await Replicas.StartAsync(parts.Contains("backlog") ? 1 : 0, fullDatabase);
        await WarmUpAsync(four, loads);
        await WarmUpAsync(full, loads);
        await WarmUpAsync(one, loads);
        var shape = await ShapeAsync(one, loads, report);
        var bare = new BareChunkWriter(await server.CreateDatabaseAsync(), shape);
        await bare.PrepareAsync();

        var floor = new Row($"bare chunk writer, {BareChunkWriter.Writers} writers", server, () =>
            bare.RunAsync(Duration)
        );
        var batches = new Row("batches of 100, 8 connections, one replica", server, () => BatchesAsync(one, loads));
        var many = new Row("batches of 100, 8 connections, four replicas", server, () => BatchesAsync(four, loads));
        var behind = new Row($"batches of 100, {size}", server, () => BatchesAsync(full, loads));
        var singles = new Row("single posts of the order, 64 connections, one replica", server, () =>
            one.RunAsync(loads.Order, IntakeLoads.Track, SingleConnections, Duration)
        );
        Row[] rows =
        [
            .. parts.Contains("batches") ? [floor] : Array.Empty<Row>(),
            .. parts is ["single-posts"] or ["single-posts", "drain"] ? Array.Empty<Row>() : [batches],
            .. parts.Contains("replicas") ? [many] : Array.Empty<Row>(),
            .. parts.Contains("backlog") ? [behind] : Array.Empty<Row>(),
            .. parts.Contains("single-posts") ? [singles] : Array.Empty<Row>(),
        ];
        for (var round = -1; round < rounds; round++)
        {
            // The first to run may find another machine than the last, so the order changes.
            foreach (var row in round % 2 == 0 ? rows : rows.Reverse())
            {
                await row.MeasureAsync(counts: round >= 0);
            }
        }

        foreach (var row in rows)
        {
            row.Write(report);
        }

        WriteRatio("batches, one replica / bare chunk writer", batches, floor);
        WriteRatio("four replicas / one replica", many, batches);
        WriteRatio("batches, with / without a backlog", behind, batches);

        void WriteRatio(string name, Row row, Row other)
        {
            if (rows.Contains(row) && rows.Contains(other))
            {
                report.Row(name, row.RatioTo(other), "x");
            }
        }
    }

    private static Task<double> BatchesAsync(Replicas replicas, IntakeLoads loads) =>
        replicas.RunAsync(loads.Batch, IntakeLoads.Batches, BatchConnections, Duration);

    /// <summary>Posts until each process has had as much work as a process alone.</summary>
    private static async Task WarmUpAsync(Replicas replicas, IntakeLoads loads)
    {
        for (var round = 0; round < WarmUpRounds * replicas.Count; round++)
        {
            await BatchesAsync(replicas, loads);
        }
    }

    /// <summary>What a transaction of the service holds once its process is warm.</summary>
    private static async Task<TransactionShape> ShapeAsync(Replicas replicas, IntakeLoads loads, Report report)
    {
        var since = await TransactionShape.LastAsync(replicas.Outbox);
        await BatchesAsync(replicas, loads);
        var shape = await TransactionShape.ReadAsync(replicas.Outbox, since);
        report.Row("events in one commit of batches, which the bare writer writes too", [shape.Events], "events");
        report.Row("the chunk of such a commit", [shape.ContentBytes], "B");
        return shape;
    }

    private static async Task MeasureDrainAsync(PrivateServer server, int rounds, Report report)
    {
        var (sqlite, postgres) = (new List<double>(), new List<double>());
        var events = WaitingEvents.Samples(DrainedPayload);
        var run = new Run(TimeSpan.FromMilliseconds(100), new DeliveryOptions().MaxConcurrency);
        await using var meta = await StandInForMeta.StartAsync();
        for (var round = -1; round < rounds; round++)
        {
            var count = round < 0 ? DrainedToWarmUp : Drained;
            var rate = await DeliverBenchmark.DrainSqliteAsync(meta, events, count, run);
            var other = await DeliverBenchmark.DrainAsync(meta, events, count, run, await server.CreateDatabaseAsync());
            if (round >= 0)
            {
                sqlite.Add(rate);
                postgres.Add(other);
            }
        }

        report.Row("drain: 900 B, Meta's latency 100 ms, SQLite", sqlite, "events/s");
        report.Row("drain: 900 B, Meta's latency 100 ms, PostgreSQL", postgres, "events/s");
        report.Row("drain, PostgreSQL / SQLite", [.. postgres.Zip(sqlite, (one, other) => one / other)], "x");
    }

    /// <param name="Waiting">The waiting events.</param>
    /// <param name="Keys">The deduplication keys.</param>
    private sealed record Size(int Waiting, int Keys)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Waiting:N0} waiting, {Keys:N0} keys");
    }
}
