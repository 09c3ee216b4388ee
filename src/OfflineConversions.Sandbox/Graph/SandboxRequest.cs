using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>The content of one call to <c>/{version}/{dataset}/events</c>.</summary>
internal sealed record SandboxRequest : IDisposable
{
    /// <summary>The size of the body.</summary>
    public required int Bytes { get; init; }

    public required JsonElement[] Events { get; init; }

    /// <summary>The fingerprint of the access token; null if the request has none.</summary>
    public required string? TokenFingerprint { get; init; }

    /// <summary>Where the token was: <c>body</c>, <c>query</c> or <c>header</c>.</summary>
    public required string? TokenIn { get; init; }

    public required RequestFields Fields { get; init; }

    /// <summary>Why the body cannot be read; null if it can.</summary>
    public required string? Defect { get; init; }

    /// <summary>The parsed documents that <see cref="Events"/> point into.</summary>
    public required IReadOnlyList<JsonDocument> Documents { private get; init; }

    /// <summary>The API that the caller uses; the first event decides.</summary>
    public EventShape Shape =>
        Events is [{ ValueKind: JsonValueKind.Object } first, ..]
        && first.TryGetProperty("match_keys", out _)
        && !first.TryGetProperty("user_data", out _)
            ? EventShape.OfflineEvents
            : EventShape.ConversionsApi;

    /// <summary>The name and the id of each event; null where they are missing or not a string.</summary>
    public IReadOnlyList<EventIdentity> Identities() =>
        [.. Events.Select(e => new EventIdentity(Text(e, "event_name"), Text(e, "event_id")))];

    /// <summary>
    /// The first 12 hex digits of the token's SHA-256: enough to tell two tokens apart, useless for calling Meta. The
    /// token itself is never kept or shown.
    /// </summary>
    public static string Fingerprint(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 6));

    public void Dispose()
    {
        foreach (var document in Documents)
        {
            document.Dispose();
        }
    }

    private static string? Text(JsonElement e, string name)
    {
        try
        {
            return
                e.ValueKind == JsonValueKind.Object
                && e.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json throws this for a lone surrogate or invalid UTF-8.
            return null;
        }
    }
}

/// <summary>The parameters of a request beside its events and its token.</summary>
internal sealed record RequestFields(
    string? AppSecretProof,
    string? UploadTag,
    string? TestEventCode,
    string? PartnerAgent
)
{
    public static readonly RequestFields None = new(null, null, null, null);
}

/// <summary>What faults and the list of duplicates recognise an event by.</summary>
internal readonly record struct EventIdentity(string? Name, string? Id);
