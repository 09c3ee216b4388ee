using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Configuration;

/// <summary>The operator's routes.</summary>
internal sealed class AdminOptions
{
    /// <summary>
    /// The key of <c>/api/*</c>. Default: none; then they answer only loopback callers, and only in Development.
    /// </summary>
    public Secret? ApiKey { get; set; }

    /// <summary>The file that holds the key. Default: none.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>
    /// A port of its own for <c>/api</c>, <c>/metrics</c>, <c>/swagger</c> and <c>/openapi</c>, which the other ports
    /// then no longer serve; plain HTTP. Default: none, they are served beside the rest.
    /// </summary>
    public int? Port { get; set; }

    /// <summary>
    /// The address that port listens on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default <c>*</c>.
    /// </summary>
    public string Host { get; set; } = "*";

    /// <summary>The same options without the key.</summary>
    public AdminOptions WithoutKey()
    {
        var copy = (AdminOptions)MemberwiseClone();
        copy.ApiKey = null;
        return copy;
    }
}
