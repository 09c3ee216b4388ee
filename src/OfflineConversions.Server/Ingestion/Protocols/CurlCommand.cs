using System.Text.Encodings.Web;
using System.Text.Json;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>A command for bash that posts an event of a vendor. Its response shows the outcome of the event.</summary>
internal static class CurlCommand
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The command.</summary>
    /// <param name="protocol">The vendor's protocol. Its first route and first sample are used.</param>
    /// <param name="address">Where the service is, without a slash at the end.</param>
    /// <param name="key">The write key, or a word in its place.</param>
    /// <param name="now">The time now: the event happened a little earlier.</param>
    public static string Of(IVendorProtocol protocol, string address, string key, DateTimeOffset now)
    {
        var route = protocol.Routes[0];
        var (query, credentials) = protocol.Curl(key);
        var path = $"/{protocol.Source.Tag}{route.Path}{query}";
        var body = protocol
            .Samples(route, Sample.Time(now))[0]
            .Body.ToJsonString(Readable)
            .Replace("'", "'\\''", StringComparison.Ordinal);
        return $"curl -sS '{address}{path}'{credentials} -H 'Prefer: return=representation' -H 'Content-Type: "
            + $"application/json' -d '{body}'";
    }
}
