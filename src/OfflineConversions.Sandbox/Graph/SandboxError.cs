using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>The body of Graph's response to a refused request. Source: Meta, "Handle Errors".</summary>
internal sealed record SandboxFailure([property: JsonPropertyName("error")] SandboxError Error);

/// <summary>Graph's error object and the HTTP status it is sent with.</summary>
internal sealed record SandboxError
{
    public const int ServiceUnavailable = 2;
    public const int InvalidParameter = 100;
    public const int InvalidToken = 190;

    [JsonIgnore]
    public int Status { get; init; } = StatusCodes.Status400BadRequest;

    [JsonPropertyName("message")]
    public required string Message { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; init; } = "OAuthException";

    [JsonPropertyName("code")]
    public required int Code { get; init; }

    [JsonPropertyName("error_subcode")]
    public int? Subcode { get; init; }

    [JsonPropertyName("is_transient")]
    public bool IsTransient { get; init; }

    [JsonPropertyName("error_user_title")]
    public string? UserTitle { get; init; }

    [JsonPropertyName("error_user_msg")]
    public string? UserMessage { get; init; }

    /// <summary>Only the legacy API says which event is bad.</summary>
    [JsonPropertyName("error_data")]
    public OffendingEvent? Offending { get; init; }

    [JsonPropertyName("fbtrace_id")]
    public string? TraceId { get; init; }

    /// <summary>The request as a whole is wrong.</summary>
    public static SandboxError BadRequest(string message) =>
        new()
        {
            Code = InvalidParameter,
            Message = "(#100) " + message,
            UserTitle = "Invalid parameter",
            UserMessage = message,
        };

    /// <summary>The request has no usable access token.</summary>
    public static SandboxError NoToken() =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = InvalidToken,
            Message = "Invalid OAuth access token - Cannot parse access token",
        };
}

/// <summary>The legacy API's error data: the position of the bad event and what is wrong with it.</summary>
internal sealed record OffendingEvent(
    [property: JsonPropertyName("event_index")] int EventIndex,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("code")] int Code
);
