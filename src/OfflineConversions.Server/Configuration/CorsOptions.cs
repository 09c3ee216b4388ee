using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>Browsers on other origins.</summary>
internal sealed class CorsOptions
{
    /// <summary>The origins that may post from a browser, or <c>*</c>. Default: none, so CORS is off.</summary>
    [WebOrigin]
    public List<string> Origins { get; set; } = [];
}
