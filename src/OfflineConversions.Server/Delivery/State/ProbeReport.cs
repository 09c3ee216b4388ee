using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>
/// The problem that a probe met, if it is another one than its halt's: what is reported until the halt ends or has a
/// new reason. Its owner's lock guards it.
/// </summary>
internal sealed class ProbeReport
{
    /// <summary>The newest problem; null if probes met the problems of their halts.</summary>
    public ProbeProblem? Newest { get; private set; }

    /// <summary>Notes a problem. One that was met before keeps its beginning.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Note(ProbeProblem problem)
    {
        var isNew = Newest is not { } before || before with { Since = problem.Since } != problem;
        Newest = isNew ? problem : Newest;
        return isNew;
    }

    /// <summary>A halt is the newest problem.</summary>
    /// <returns>Whether it was another one before.</returns>
    public bool Clear()
    {
        var wasNewest = Newest is not null;
        Newest = null;
        return wasNewest;
    }
}

/// <summary>A problem that a probe met.</summary>
/// <param name="Scope">The halt that was probed.</param>
/// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
/// <param name="Detail">What the reason does not say, in words; null if nothing.</param>
/// <param name="Since">When a probe met it first.</param>
internal sealed record ProbeProblem(HaltScope Scope, string Reason, string? Detail, DateTimeOffset Since)
{
    /// <summary>The status of a connection whose newest problem this is.</summary>
    public ConnectionStatus On(ConnectionStatus status, DateTimeOffset until) =>
        status with
        {
            Condition = Condition.Throttled,
            Reason = Reason,
            Detail = Detail,
            Since = Since,
            Until = until,
        };
}
