using System.ComponentModel.DataAnnotations;
using OfflineConversions.Server.Configuration.Validation;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Configuration;

/// <summary>Meta's Graph API.</summary>
internal sealed class GraphOptions
{
    /// <summary>Meta's own address.</summary>
    public static readonly Uri DefaultBaseAddress = new("https://graph.facebook.com");

    private const string VersionPattern = "v[0-9]+\\.[0-9]+";

    /// <summary>
    /// The address of the Graph API. Default: <c>https://graph.facebook.com</c>. With the sandbox enabled, the default
    /// means the sandbox of this process.
    /// </summary>
    public Uri BaseAddress { get; set; } = DefaultBaseAddress;

    /// <summary>
    /// Hosts other than Meta's that <see cref="BaseAddress"/> may name. They receive every access token. Default: none.
    /// </summary>
    [HostName]
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>The version of the Conversions API. Default: <c>v27.0</c>.</summary>
    [Pattern(VersionPattern, "is not a Graph version; write for example v27.0")]
    public string ApiVersion { get; set; } = MetaShapes.ConversionsApi.DefaultApiVersion;

    /// <summary>
    /// The version of the legacy offline-events API. Default: <c>v16.0</c>, the last version with it.
    /// </summary>
    [Pattern(VersionPattern, "is not a Graph version; write for example v16.0")]
    public string OfflineEventsApiVersion { get; set; } = MetaShapes.OfflineEvents.DefaultApiVersion;

    /// <summary>The time limit of one attempt. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
