namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>What delivery does with the events of a request after its response.</summary>
public abstract record NextStep
{
    private NextStep() { }

    /// <summary>Nothing: Meta has accepted all of them.</summary>
    public sealed record Complete : NextStep;

    /// <summary>Send them again later, byte for byte.</summary>
    /// <param name="After">The wait that Meta asked for; null leaves the wait to the retry schedule.</param>
    /// <param name="SlowDown">
    /// The reason for which the whole connection waits, one of <see cref="DeliveryReason"/>; null if only these events
    /// wait.
    /// </param>
    /// <param name="CauseIsUnknown">
    /// Whether the events themselves may be the cause. After many attempts they are bisected.
    /// </param>
    public sealed record Retry(TimeSpan? After = null, string? SlowDown = null, bool CauseIsUnknown = false) : NextStep;

    /// <summary>Send them in smaller requests: Meta refused all of them because at least one is bad.</summary>
    public sealed record Bisect : NextStep;

    /// <summary>Move the single event to the failed list: Meta will never accept it.</summary>
    /// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
    public sealed record Bury(string Reason) : NextStep;

    /// <summary>
    /// Keep them, stop sending, report to the operator and probe: a setting is wrong, not the events.
    /// </summary>
    /// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
    /// <param name="Level">How much stops.</param>
    public sealed record Halt(string Reason, HaltLevel Level) : NextStep;
}

/// <summary>How much a halt stops.</summary>
public enum HaltLevel
{
    /// <summary>The whole connection: its token or its settings are wrong.</summary>
    Connection,

    /// <summary>One dataset; the connection's other datasets continue.</summary>
    Dataset,
}
