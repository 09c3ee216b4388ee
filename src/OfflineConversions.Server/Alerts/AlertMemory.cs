using System.Text.Json;

namespace OfflineConversions.Server.Alerts;

/// <summary>What has to survive a restart, so that no notification is repeated or lost.</summary>
/// <param name="Notified">The alerts whose beginning was notified and whose end was not.</param>
/// <param name="Webhooks">The names of the webhooks that were notified of them.</param>
/// <param name="Failures">When the failed list of each connection last grew.</param>
/// <param name="Arrivals">When each connection last accepted events.</param>
internal sealed record AlertMemory(
    IReadOnlyList<NotifiedAlert> Notified,
    IReadOnlyList<string> Webhooks,
    IReadOnlyDictionary<string, LastChange>? Failures,
    IReadOnlyDictionary<string, LastChange>? Arrivals
)
{
    /// <summary>Nothing is known, as at the first start.</summary>
    public static AlertMemory Empty { get; } = new([], [], null, null);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static AlertMemory Read(string json) =>
        JsonSerializer.Deserialize<AlertMemory>(json, JsonSerializerOptions.Web)
            is { Notified: not null, Webhooks: not null } memory
            ? memory
            : throw new JsonException("A member is missing.");

    /// <summary>As JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>An alert that was notified.</summary>
/// <param name="Name">One of <see cref="AlertName"/>.</param>
/// <param name="Connection">The connection; null if it concerns the whole service.</param>
/// <param name="Reason">The reason code that was notified last; null if it had none.</param>
internal sealed record NotifiedAlert(string Name, string? Connection, string? Reason)
{
    /// <summary>Its identity.</summary>
    public AlertKey Key => new(Name, Connection);
}
