using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>One connection on the overview: its state, and its last day in numbers.</summary>
/// <param name="Line">Its state and backlog.</param>
/// <param name="Day">The last day.</param>
/// <param name="Hours">What was delivered in each hour of it, oldest first.</param>
/// <param name="Failed">Its events on the failed list.</param>
/// <param name="KeysPerEvent">Match keys per event; null without events.</param>
/// <param name="ClearsIn">Seconds until nothing waits, at the pace of the last two hours; null if unknown.</param>
internal sealed record ConnectionSummary(
    ConnectionReport.Line Line,
    FunnelEndpoint.Bucket Day,
    IReadOnlyList<long> Hours,
    long Failed,
    double? KeysPerEvent,
    double? ClearsIn
)
{
    /// <summary>The kinds of roll-ups that a summary is made of.</summary>
    public static readonly string[] Kinds = [.. FunnelOverTime.Kinds, QualityKind.Events, QualityKind.MatchKey];

    /// <summary>Source events that were rejected in the last day.</summary>
    public long Rejected => Day.Rejected.Values.Sum();

    /// <summary>Source events that were ignored in the last day.</summary>
    public long Ignored => Day.Ignored.Values.Sum();

    /// <summary>Adds up a connection.</summary>
    /// <param name="line">Its state.</param>
    /// <param name="counts">Its roll-ups of <see cref="Kinds"/>.</param>
    /// <param name="failed">Its events on the failed list.</param>
    /// <param name="now">The time.</param>
    public static ConnectionSummary Of(
        ConnectionReport.Line line,
        IReadOnlyList<RollUp> counts,
        long failed,
        DateTimeOffset now
    )
    {
        var figures = new QualityFigures();
        foreach (var count in counts)
        {
            figures.Add(count);
        }

        long[] hours = [.. FunnelOverTime.Of(counts, now, days: 1).Steps.Reverse().Select(step => step.Delivered)];
        return new ConnectionSummary(
            line,
            FunnelEndpoint.Bucket.Of(FunnelOverTime.Begin(now, days: 1), line.Name, counts),
            hours,
            failed,
            figures.Events > 0 ? figures.KeysPerEvent : null,
            ClearsInOf(line, hours, now)
        );
    }

    private static double? ClearsInOf(ConnectionReport.Line line, long[] hours, DateTimeOffset now)
    {
        var recent = hours.TakeLast(2).Sum();
        var span = TimeSpan.FromHours(1) + TimeSpan.FromTicks(now.UtcTicks % TimeSpan.TicksPerHour);
        return line.State == "active" && line.Pending > 0 && recent > 0
            ? line.Pending * span.TotalSeconds / recent
            : null;
    }
}
