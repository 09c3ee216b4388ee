using System.Text.RegularExpressions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Meta;

/// <summary>One account at Meta. Contains secrets: do not print it.</summary>
public sealed partial class MetaConversionsOptions
{
    /// <summary>Meta's system user access token. It is sent in bodies only, never in a URL. Required.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The app secret; if set, requests contain <c>appsecret_proof</c>. Default: none.</summary>
    public string? AppSecret { get; set; }

    /// <summary>
    /// The code under which Events Manager shows the events as test events. Meta still counts them. Default: none.
    /// </summary>
    public string? TestEventCode { get; set; }

    /// <summary>The name of your integration that Events Manager shows, 2 to 22 characters. Default: none.</summary>
    public string? PartnerAgent { get; set; }

    /// <summary>
    /// The address of the Graph API. It must be https, or this machine. Default: <c>https://graph.facebook.com</c>.
    /// </summary>
    public Uri BaseAddress { get; set; } = new("https://graph.facebook.com");

    /// <summary>The version of the Conversions API in the URL. Default: <c>v27.0</c>.</summary>
    public string ApiVersion { get; set; } = MetaShapes.ConversionsApi.DefaultApiVersion;

    /// <summary>The version of the retired offline-events API in the URL. Default: <c>v16.0</c>.</summary>
    public string OfflineEventsApiVersion { get; set; } = MetaShapes.OfflineEvents.DefaultApiVersion;

    /// <summary>The time limit of one attempt, from 0.1 seconds to 5 minutes. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The first setting that cannot be used, without its value; null if all can.</summary>
    internal string? Problem =>
        string.IsNullOrWhiteSpace(AccessToken) ? $"{nameof(AccessToken)} is required."
        : BaseAddress is not { IsAbsoluteUri: true } || !IsSafe(BaseAddress)
            ? $"{nameof(BaseAddress)} must be an https address, or http to this machine."
        : !Version().IsMatch(ApiVersion ?? "") ? $"{nameof(ApiVersion)} must be a version such as v27.0."
        : !Version().IsMatch(OfflineEventsApiVersion ?? "")
            ? $"{nameof(OfflineEventsApiVersion)} must be a version such as v16.0."
        : Timeout < TimeSpan.FromSeconds(0.1) || Timeout > TimeSpan.FromMinutes(5)
            ? $"{nameof(Timeout)} must be between 0.1 seconds and 5 minutes."
        : null;

    private static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    [GeneratedRegex(@"\Av[0-9]{1,4}\.[0-9]{1,4}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
