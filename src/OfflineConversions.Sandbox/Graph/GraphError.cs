using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>Graph's answer to a request it refused. Source: Meta, "Handle Errors".</summary>
internal sealed record GraphFailure([property: JsonPropertyName("error")] GraphError Error);

/// <summary>The error object of Graph, with the HTTP status that goes with it.</summary>
internal sealed record GraphError
{
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

    /// <summary>Only the legacy API says which event it was.</summary>
    [JsonPropertyName("error_data")]
    public OffendingEvent? Offending { get; init; }

    [JsonPropertyName("fbtrace_id")]
    public string? TraceId { get; init; }

    /// <summary>A request that is wrong as a whole.</summary>
    public static GraphError BadRequest(string message) =>
        new()
        {
            Code = InvalidParameter,
            Message = "(#100) " + message,
            UserTitle = "Invalid parameter",
            UserMessage = message,
        };

    /// <summary>A request without a usable access token.</summary>
    public static GraphError NoToken() =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = InvalidToken,
            Message = "Invalid OAuth access token - Cannot parse access token",
        };
}

/// <summary>What the legacy API adds to its error: the position of the bad event and the reason.</summary>
internal sealed record OffendingEvent(
    [property: JsonPropertyName("event_index")] int EventIndex,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("code")] int Code
);
