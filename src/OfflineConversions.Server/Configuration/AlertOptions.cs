using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Configuration;

/// <summary>Who is notified when something needs a person.</summary>
internal sealed class AlertOptions
{
    /// <summary>The webhooks that are notified. Default: none.</summary>
    public List<WebhookOptions> Webhooks { get; set; } = [];
}

/// <summary>One webhook.</summary>
internal sealed class WebhookOptions
{
    private Secret? _signingKey;

    /// <summary>
    /// The address that notifications are posted to: https, or http to this machine. A secret, because the addresses of
    /// Slack and Teams are their own credentials. Required.
    /// </summary>
    public Secret? Url { get; set; }

    /// <summary>The form of the body. Default: <see cref="WebhookFormat.Json"/>.</summary>
    public WebhookFormat Format { get; set; }

    /// <summary>A file that contains the key of the signature. Default: none; then nothing is signed.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The content of <see cref="SecretFile"/>; null without one.</summary>
    public Secret? SigningKey => _signingKey;

    /// <summary>Sets <see cref="SigningKey"/>, which is no setting.</summary>
    public void SignWith(Secret? key) => _signingKey = key;
}

/// <summary>The form of a notification's body.</summary>
internal enum WebhookFormat
{
    /// <summary>The service's own JSON.</summary>
    Json,

    /// <summary>A message for Slack's incoming webhooks.</summary>
    Slack,

    /// <summary>A message with an adaptive card for Teams workflows.</summary>
    Teams,
}
