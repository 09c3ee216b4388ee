using System.Text.Json.Serialization;

namespace OfflineConversions.Server.Doctor;

/// <summary>What is known about the token of a connection.</summary>
/// <param name="Valid">Whether Meta accepts it; null if Meta could not be asked.</param>
/// <param name="ExpiresAt">When it ends; null if never, or if that is unknown.</param>
/// <param name="Scopes">What it may do, as Meta names it. Empty if unknown.</param>
/// <param name="Datasets">
/// The datasets that it is for: those that Meta lists, or those that the proof could send to.
/// </param>
/// <param name="Source">How this is known.</param>
/// <param name="Message">The finding in words, with the remedy.</param>
internal sealed record TokenFinding(
    bool? Valid,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Datasets,
    TokenSource Source,
    string Message
)
{
    /// <summary>How long before its end a token is reported.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    /// <summary>Whether the token has ended or ends soon.</summary>
    public bool IsEnding(DateTimeOffset now) => Valid == false || ExpiresAt - now <= Notice;
}

/// <summary>How it is known what a token may do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenSource>))]
internal enum TokenSource
{
    /// <summary>Meta described the token.</summary>
    [JsonStringEnumMemberName("debug_token")]
    DebugToken,

    /// <summary>An event that Meta refuses for its age, after it has checked the token.</summary>
    [JsonStringEnumMemberName("proof")]
    Proof,
}
