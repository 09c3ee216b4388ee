using System.Text.Json.Serialization;

namespace OfflineConversions.Server.Alerts;

/// <summary>What a webhook is told: an alert began or ended.</summary>
/// <param name="At">When the service noticed it.</param>
/// <param name="Alert">One of <see cref="AlertName"/>.</param>
/// <param name="State">Whether it began or ended.</param>
/// <param name="Connection">The connection; null if it concerns the whole service.</param>
/// <param name="Reason">The reason code behind it; null if it has none.</param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Remedy">What to do; empty if it ended.</param>
internal sealed record Notification(
    DateTimeOffset At,
    string Alert,
    AlertState State,
    string? Connection,
    string? Reason,
    string Text,
    string Remedy
)
{
    /// <summary>The alert began, or has another reason now.</summary>
    public static Notification Firing(Alert alert, DateTimeOffset at) =>
        new(at, alert.Name, AlertState.Firing, alert.Connection, alert.Reason, alert.Text, alert.Remedy);

    /// <summary>The alert ended.</summary>
    public static Notification Resolved(NotifiedAlert alert, DateTimeOffset at) =>
        new(
            at,
            alert.Name,
            AlertState.Resolved,
            alert.Connection,
            alert.Reason,
            alert.Connection is { } connection
                ? $"Connection {connection}: {alert.Name} is over."
                : $"{alert.Name} is over.",
            Remedy: ""
        );
}

/// <summary>Whether an alert began or ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertState>))]
internal enum AlertState
{
    /// <summary>It began.</summary>
    [JsonStringEnumMemberName("firing")]
    Firing,

    /// <summary>It ended.</summary>
    [JsonStringEnumMemberName("resolved")]
    Resolved,
}
