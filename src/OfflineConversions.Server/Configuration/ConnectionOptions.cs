using System.ComponentModel.DataAnnotations;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Validation;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration;

/// <summary>One connection: a source with its write keys, and the Meta account that its events go to.</summary>
internal sealed class ConnectionOptions : MappingOptions
{
    private TimeSpan? _deduplicationWindow;

    /// <summary>
    /// The keys that the source may present; <c>key:secret</c> for mParticle. At least one is required. A key belongs
    /// to exactly one connection.
    /// </summary>
    public List<Secret> WriteKeys { get; set; } = [];

    /// <summary>A file with more write keys, one per line. Default: none.</summary>
    public string? WriteKeysFile { get; set; }

    /// <summary>A header that every post of this connection must have in addition to its key. Default: none.</summary>
    public SharedHeaderOptions SharedHeader { get; set; } = new();

    /// <summary>Meta's system user access token. Required, here or in a file.</summary>
    public Secret? AccessToken { get; set; }

    /// <summary>A file that contains the access token. Default: none.</summary>
    public string? AccessTokenFile { get; set; }

    /// <summary>Meta's app secret. If set, every request has <c>appsecret_proof</c>. Default: none.</summary>
    public Secret? AppSecret { get; set; }

    /// <summary>A file that contains the app secret. Default: none.</summary>
    public string? AppSecretFile { get; set; }

    /// <summary>
    /// The id of Meta's app that <see cref="AppSecret"/> belongs to. With both, Meta says when the token ends and which
    /// datasets it is for, for any token of the app. Default: none. Source: Meta, "Debug Token".
    /// </summary>
    [Pattern("[0-9]{5,20}", "is not an app id; write its 5 to 20 digits")]
    public string? AppId { get; set; }

    /// <summary>
    /// The code under which Events Manager shows the events as test events. Meta still counts them. Default: none.
    /// </summary>
    public string? TestEventCode { get; set; }

    /// <summary>
    /// The name of the integration that Events Manager shows for the events, sent as <c>partner_agent</c>: fewer than
    /// 23 characters, at least two of them letters. Default: none. Source: Meta, "End-to-End Implementation".
    /// </summary>
    [Pattern(
        "(?=(?:[^A-Za-z]*[A-Za-z]){2})[A-Za-z0-9_.-]{2,22}",
        "is not a partner agent; write 2 to 22 letters, digits, _, . or -, at least two of them letters"
    )]
    public string? PartnerAgent { get; set; }

    /// <summary>The most events in one request. Default: 1000, Meta's limit (2000 for OfflineEvents).</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>
    /// How long a repeat of the same delivery (dataset, event name, event id) is ignored on this connection, and on
    /// others of its <see cref="DeduplicationGroup"/>. Zero turns deduplication off.
    /// Default: 7 days, Meta's own window for offline events, which it recognises by time, name, order and item but not
    /// by event id (Source: Meta, "Offline Events"); 62 days for files, which may be sent again after weeks.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "62.00:00:00")]
    public TimeSpan DeduplicationWindow
    {
        get => _deduplicationWindow ?? Source?.DeduplicationWindow ?? TimeSpan.FromDays(7);
        set => _deduplicationWindow = value;
    }

    /// <summary>
    /// Connections with the same group recognise each other's deliveries. A caller with a key of one of them can then
    /// suppress events of the others by sending their ids first. Letters, digits, dots, hyphens and underscores, up to
    /// 64; upper and lower case differ. Default: none; the connection recognises only its own.
    /// </summary>
    [Pattern("[A-Za-z0-9._-]{1,64}", "is not a group; write 1 to 64 letters, digits, ., - or _")]
    public string? DeduplicationGroup { get; set; }

    /// <summary>A copy of the options without write keys.</summary>
    public ConnectionOptions WithoutKeys()
    {
        var copy = Copy();
        copy.WriteKeys = [];
        return copy;
    }

    /// <summary>A copy of the options. It shares its lists and the settings of its source.</summary>
    public ConnectionOptions Copy() => (ConnectionOptions)MemberwiseClone();
}

/// <summary>
/// A header with a secret value, as webhooks send it (mParticle's: <c>Authorization</c>). Only with such a header may
/// the write key also be in the query, as <c>writeKey</c>.
/// </summary>
internal sealed class SharedHeaderOptions
{
    /// <summary>The name of the header. Default: <c>Authorization</c>.</summary>
    [Pattern(
        "[A-Za-z0-9!#$%&'*+.^_`|~-]+",
        "is not the name of a header; write for example Authorization or X-Webhook-Secret"
    )]
    public string Name { get; set; } = "Authorization";

    /// <summary>The whole value of the header. Default: none; then no header is required.</summary>
    public Secret? Value { get; set; }
}
