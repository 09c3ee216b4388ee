namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// What to do after an answer: <see cref="Delivered"/>, <see cref="Retry"/>, <see cref="Split"/>, <see cref="Bury"/> or
/// <see cref="Halt"/>.
/// </summary>
internal abstract record Verdict
{
    private Verdict() { }

    /// <summary>Meta has all of it.</summary>
    public sealed record Delivered : Verdict;

    /// <summary>Send it again later, byte for byte.</summary>
    /// <param name="After">Not before this time; <see langword="null"/> leaves it to the schedule.</param>
    /// <param name="Slow">
    /// Why the whole connection waits, or <see langword="null"/> where only this request does.
    /// </param>
    /// <param name="Stubborn">
    /// The cause is unknown and may lie in the events: after many tries they are sent in halves.
    /// </param>
    public sealed record Retry(TimeSpan? After = null, string? Slow = null, bool Stubborn = false) : Verdict;

    /// <summary>At least one of the events is at fault; Meta took none.</summary>
    public sealed record Split : Verdict;

    /// <summary>This one event will never be taken.</summary>
    /// <param name="Reason">See <see cref="FailureReason"/>.</param>
    public sealed record Bury(string Reason) : Verdict;

    /// <summary>A setting is wrong, not the events: keep them, stand still, tell the operator, probe.</summary>
    /// <param name="Reason">See <see cref="FailureReason"/>.</param>
    /// <param name="Scope">How much stands still.</param>
    public sealed record Halt(string Reason, HaltScope Scope) : Verdict;
}

/// <summary>How much a halt holds up.</summary>
internal enum HaltScope
{
    /// <summary>Everything of the connection: its token is at fault.</summary>
    Connection,

    /// <summary>One dataset: the connection's others are delivered.</summary>
    Dataset,
}
