using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>From received to delivered, over time.</summary>
/// <param name="IsByDay">Whether a step is a day, in UTC, and not an hour.</param>
/// <param name="Steps">Each hour or day, also those without events, the newest first.</param>
internal sealed record FunnelOverTime(bool IsByDay, IReadOnlyList<FunnelStep> Steps)
{
    /// <summary>The kinds of roll-ups that it is made of.</summary>
    public static readonly string[] Kinds =
    [
        RollUpKind.Accepted,
        RollUpKind.Ignored,
        RollUpKind.Rejected,
        RollUpKind.Delivered,
        RollUpKind.Failed,
    ];

    /// <summary>All of it in one.</summary>
    public FunnelStep Sum =>
        new(
            Steps[^1].From,
            Steps.Sum(step => step.Accepted),
            Steps.Sum(step => step.Delivered),
            Steps.Sum(step => step.Dropped),
            Steps.Sum(step => step.Failed)
        );

    /// <summary>The first hour of the last day, or the first day of the last days.</summary>
    public static DateTimeOffset Begin(DateTimeOffset now, int days) =>
        days == 1
            ? Floor(now, TimeSpan.FromHours(1)) - TimeSpan.FromHours(23)
            : Floor(now, TimeSpan.FromDays(1)) - TimeSpan.FromDays(days - 1);

    /// <summary>Adds up the roll-ups of the last days: by hour if it is one, else by day.</summary>
    public static FunnelOverTime Of(IEnumerable<RollUp> counts, DateTimeOffset now, int days)
    {
        var step = days == 1 ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var begin = Begin(now, days);
        var byStep = counts.ToLookup(count => Floor(count.Hour, step));
        var length = (int)((now - begin) / step) + 1;
        return new FunnelOverTime(
            days > 1,
            [
                .. Enumerable
                    .Range(0, length)
                    .Select(place => begin + (place * step))
                    .Reverse()
                    .Select(from => FunnelStep.Of(from, [.. byStep[from]])),
            ]
        );
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan size) =>
        new(time.UtcTicks - (time.UtcTicks % size.Ticks), TimeSpan.Zero);
}

/// <summary>One hour or day.</summary>
/// <param name="From">Its begin.</param>
/// <param name="Accepted">Source events that were stored.</param>
/// <param name="Delivered">Deliveries that Meta accepted.</param>
/// <param name="Dropped">Source events that were ignored or rejected.</param>
/// <param name="Failed">Deliveries that moved to the failed list.</param>
internal sealed record FunnelStep(DateTimeOffset From, long Accepted, long Delivered, long Dropped, long Failed)
{
    /// <summary>Source events.</summary>
    public long Received => Accepted + Dropped;

    public static FunnelStep Of(DateTimeOffset from, IReadOnlyList<RollUp> counts)
    {
        return new FunnelStep(
            from,
            Sum(RollUpKind.Accepted),
            Sum(RollUpKind.Delivered),
            Sum(RollUpKind.Ignored) + Sum(RollUpKind.Rejected),
            Sum(RollUpKind.Failed)
        );

        long Sum(string kind) => counts.Where(count => count.Kind == kind).Sum(count => count.Count);
    }
}
