namespace OfflineConversions.Server.Outbox;

/// <summary>What the store lost or may have lost, until an operator acknowledges it. Survives a restart.</summary>
internal interface IRecoveryNotices
{
    /// <summary>The recoveries that were not acknowledged, oldest first.</summary>
    IReadOnlyList<RecoveryNotice> Recoveries { get; }

    /// <summary>Ends the notice of every recovery so far.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<int> AcknowledgeRecoveriesAsync(CancellationToken cancellationToken);
}

/// <summary>A recovery of the store.</summary>
/// <param name="At">When the service found it.</param>
/// <param name="Cause">What had happened.</param>
/// <param name="Waiting">Events that wait for delivery after it.</param>
/// <param name="Failed">Events on the failed list after it.</param>
/// <param name="Unreadable">Those of them that are damaged.</param>
/// <param name="Missing">Events that were lost; <see langword="null"/> if that is unknown.</param>
internal sealed record RecoveryNotice(
    DateTimeOffset At,
    string Cause,
    long Waiting,
    long Failed,
    long Unreadable,
    long? Missing
)
{
    /// <summary>The file was damaged.</summary>
    public const string Damaged = "damaged_file";

    /// <summary>The write-ahead log that a crash left was missing.</summary>
    public const string WalMissing = "wal_missing";
}
