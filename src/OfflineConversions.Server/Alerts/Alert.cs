namespace OfflineConversions.Server.Alerts;

/// <summary>Something that needs a person, for as long as it lasts.</summary>
/// <param name="Name">One of <see cref="AlertName"/>.</param>
/// <param name="Connection">The connection; null if it concerns the whole service.</param>
/// <param name="Reason">The reason code behind it; null if it has none.</param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Alert(string Name, string? Connection, string? Reason, string Text, string Remedy)
{
    /// <summary>What makes two findings the same alert, although the numbers in their texts may differ.</summary>
    public AlertKey Key => new(Name, Connection);
}

/// <summary>The identity of an alert.</summary>
internal readonly record struct AlertKey(string Name, string? Connection);

/// <summary>What holds at a moment.</summary>
/// <param name="Alerts">The alerts.</param>
/// <param name="MayStillHold">
/// Whether it is not known yet if an alert holds that is not among them: some things are only known once Meta has
/// answered after a start.
/// </param>
internal sealed record AlertFindings(IReadOnlyList<Alert> Alerts, Predicate<AlertKey> MayStillHold);

/// <summary>The names of alerts, as notifications have them.</summary>
internal static class AlertName
{
    /// <summary>Meta refuses a setting of the connection, or of one of its datasets.</summary>
    public const string Halted = "halted";

    /// <summary>The oldest waiting event of the connection is too old.</summary>
    public const string BacklogOld = "backlog_old";

    /// <summary>Events of the connection moved to the failed list.</summary>
    public const string FailedGrowing = "failed_growing";

    /// <summary>The connection used to accept events, and has not for a day.</summary>
    public const string Silent = "silent";

    /// <summary>The disk of the outbox is nearly full.</summary>
    public const string DiskLow = "disk_low";

    /// <summary>The outbox was recovered from damage, and no operator has acknowledged it.</summary>
    public const string Recovered = "recovered";

    /// <summary>The access token of the connection ends soon, or is no longer valid.</summary>
    public const string TokenEnding = "token_ending";

    /// <summary>The version of the Graph API ends soon or has ended.</summary>
    public const string VersionEnding = "version_ending";
}
