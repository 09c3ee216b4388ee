namespace OfflineConversions.Server.Configuration;

/// <summary>Meta's Graph API.</summary>
internal sealed class GraphOptions
{
    /// <summary>
    /// Where Graph is. Default <c>https://graph.facebook.com</c>. With the sandbox enabled that default means the
    /// sandbox of this process.
    /// </summary>
    public Uri BaseAddress { get; set; } = DefaultBaseAddress;

    /// <summary>
    /// Hosts that <see cref="BaseAddress"/> may name besides Meta's own and this machine: whoever stands there gets
    /// every access token. Default: none.
    /// </summary>
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>The version of the Conversions API. Default <c>v26.0</c>.</summary>
    public string ApiVersion { get; set; } = "v26.0";

    /// <summary>The version of the legacy offline-events API. Default <c>v16.0</c>, the last that had it.</summary>
    public string OfflineEventsApiVersion { get; set; } = "v16.0";

    /// <summary>How long one attempt may take. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Meta's own address.</summary>
    public static readonly Uri DefaultBaseAddress = new("https://graph.facebook.com");
}
