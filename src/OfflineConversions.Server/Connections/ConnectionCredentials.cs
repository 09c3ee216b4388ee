namespace OfflineConversions.Server.Connections;

/// <summary>What goes to Meta beside the events. Prints as its type's name only.</summary>
public sealed class ConnectionCredentials(string? accessToken, string? appSecret, string? testEventCode)
{
    /// <summary>Meta's system user access token.</summary>
    public string? AccessToken { get; } = accessToken;

    /// <summary>Meta's app secret.</summary>
    public string? AppSecret { get; } = appSecret;

    /// <summary>The Test Events code.</summary>
    public string? TestEventCode { get; } = testEventCode;

    /// <summary>Those of the settings.</summary>
    public static ConnectionCredentials Of(ConnectionOptions options) => new(options.AccessToken, options.AppSecret, options.TestEventCode);

    /// <summary>Whether they are the same.</summary>
    public bool Match(ConnectionCredentials other) =>
        (AccessToken, AppSecret, TestEventCode) == (other.AccessToken, other.AppSecret, other.TestEventCode);
}
