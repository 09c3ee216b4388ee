using System.Diagnostics;
using OfflineConversions.Benchmarks.Reporting;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>One load on the server, measured once in each round.</summary>
/// <param name="name">What it is.</param>
/// <param name="server">The server.</param>
/// <param name="rateAsync">Runs the load and returns the events a second.</param>
internal sealed class Row(string name, PrivateServer server, Func<Task<double>> rateAsync)
{
    /// <summary>The events a second of each round that counts.</summary>
    public List<double> Rates { get; } = [];

    /// <summary>What an event adds to the server's log, in bytes.</summary>
    public List<double> Logged { get; } = [];

    public async Task MeasureAsync(bool counts)
    {
        var (before, started) = (await server.WrittenAsync(), Stopwatch.GetTimestamp());
        var rate = await rateAsync();
        var events = rate * Stopwatch.GetElapsedTime(started).TotalSeconds;
        var logged = (await server.WrittenAsync() - before) / events;
        if (counts)
        {
            Rates.Add(rate);
            Logged.Add(logged);
        }
    }

    public void Write(Report report)
    {
        report.Row(name, Rates, "events/s");
        report.Row($"WAL of an event: {name}", Logged, "B");
    }

    public double[] RatioTo(Row other) => [.. Rates.Zip(other.Rates, (one, another) => one / another)];
}
