using System.ComponentModel.DataAnnotations;
using OfflineConversions.Privacy;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration;

/// <summary>One configured pipe: a source with its write keys to one Meta account.</summary>
internal sealed class ConnectionOptions : MappingOptions
{
    /// <summary>
    /// The keys a source may present; <c>key:secret</c> for mParticle. A key belongs to exactly one connection. At
    /// least one.
    /// </summary>
    public List<Secret> WriteKeys { get; set; } = [];

    /// <summary>A file of further write keys, one a line. Default: none.</summary>
    public string? WriteKeysFile { get; set; }

    /// <summary>A header that every post of this connection must carry besides its key. Default: none.</summary>
    public SharedHeaderOptions SharedHeader { get; set; } = new();

    /// <summary>Meta's system user access token. Required, here or in a file.</summary>
    public Secret? AccessToken { get; set; }

    /// <summary>The file that holds the access token. Default: none.</summary>
    public string? AccessTokenFile { get; set; }

    /// <summary>Meta's app secret; when set, every request carries <c>appsecret_proof</c>. Default: none.</summary>
    public Secret? AppSecret { get; set; }

    /// <summary>The file that holds the app secret. Default: none.</summary>
    public string? AppSecretFile { get; set; }

    /// <summary>Shows the events under Test Events in Events Manager. They still count. Default: none.</summary>
    public string? TestEventCode { get; set; }

    /// <summary>Events in one request. Default 1000, Meta's limit (2000 for OfflineEvents).</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>
    /// For how long the same delivery (dataset, event name, event id) is sent once only. Default 48 hours; zero turns
    /// it off.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "62.00:00:00")]
    public TimeSpan DeduplicationWindow { get; set; } = TimeSpan.FromHours(48);

    /// <summary>The same options without write keys.</summary>
    public ConnectionOptions WithoutKeys()
    {
        var copy = (ConnectionOptions)MemberwiseClone();
        copy.WriteKeys = [];
        return copy;
    }
}

/// <summary>
/// A header with a secret value, as webhooks send it (mParticle's: <c>Authorization</c>). With it, and only then, the
/// write key may also stand in the query as <c>writeKey</c>.
/// </summary>
internal sealed class SharedHeaderOptions
{
    /// <summary>The header's name. Default <c>Authorization</c>.</summary>
    public string Name { get; set; } = "Authorization";

    /// <summary>Its whole value. Default: none, nothing is asked for.</summary>
    public Secret? Value { get; set; }
}
