namespace OfflineConversions.Server.Configuration;

/// <summary>Browsers on other origins.</summary>
internal sealed class CorsOptions
{
    /// <summary>The origins that may post from a browser. Default: none, CORS is off.</summary>
    public List<string> Origins { get; set; } = [];
}
