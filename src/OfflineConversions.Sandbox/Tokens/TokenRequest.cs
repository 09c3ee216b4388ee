using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Tokens;

/// <summary>How a token came to be, which decides who may look at it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenKind>))]
internal enum TokenKind
{
    /// <summary>Generated in Events Manager: it may look at itself and read the quality of its datasets.</summary>
    [JsonStringEnumMemberName("eventsManager")]
    EventsManager,

    /// <summary>A system user's, of an own app: only the app may look at it.</summary>
    [JsonStringEnumMemberName("systemUser")]
    SystemUser,
}

/// <summary>The body of <c>POST /sandbox/tokens</c>: what the sandbox should know about a token.</summary>
internal sealed record TokenRequest
{
    /// <summary>The token. Kept and shown only as a fingerprint.</summary>
    public string? Token { get; init; }

    /// <summary>Default: <c>eventsManager</c>.</summary>
    public TokenKind Kind { get; init; }

    /// <summary>When it expires. Default: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it was revoked. Default: no.</summary>
    public bool Revoked { get; init; }

    /// <summary>The datasets that it may send to. Default: all.</summary>
    public IReadOnlyList<string>? Datasets { get; init; }

    /// <summary>Default: the scope of an Events Manager token, or those of a system user.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The app that it belongs to. Default: any app may look at it.</summary>
    public string? AppId { get; init; }

    /// <summary>Whether it may read the quality of its datasets. Default: yes.</summary>
    public bool? Quality { get; init; }
}
