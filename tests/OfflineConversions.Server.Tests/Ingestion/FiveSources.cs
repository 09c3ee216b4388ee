using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Ingestion.Protocols.Kassa;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>
/// The four sources that post to the service and a made-up fifth one, with a connection and a key for each.
/// </summary>
internal static partial class FiveSources
{
    /// <summary>The registry.</summary>
    public static VendorProtocols Protocols { get; } = new([.. VendorProtocols.All.Protocols, new KassaProtocol()]);

    /// <summary>The names of the sources that post.</summary>
    public static IEnumerable<string> Names => Protocols.Protocols.Select(protocol => protocol.Source.Name);

    /// <summary>Connections of all five.</summary>
    public static string Connections { get; } =
        ServiceUnderTest.FourSources.TrimEnd()[..^1] + "," + KassaProtocol.Connection + "}";

    /// <summary>Connections of all five that deliver to the sandbox in the service's own process.</summary>
    public static string WithSandbox { get; } =
        $$"""
            "Sandbox": { "Enabled": true }, "Delivery": { "FlushInterval": "00:00:00.05" },
            "Admin": { "ApiKey": "{{OperatorKey}}" }, {{Connections}}
            """;

    /// <summary>The operator's key there.</summary>
    public const string OperatorKey = "operator-key-of-tests";

    public static IVendorProtocol Of(string source) => Protocols.Of(Protocols.Sources.Find(source)!)!;

    /// <summary>A key of the source's connection.</summary>
    public static string Key(string source) =>
        source switch
        {
            SourceName.MParticle => "mp-key:mp-secret",
            SourceName.Segment => "seg-key-1",
            SourceName.RudderStack => "rud-key-1",
            SourceName.CommandersAct => "com-key-1",
            _ => "kassa-key-1",
        };

    /// <summary>Posts with a key as the protocol's curl command presents it, or without a key.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        this ServiceUnderTest service,
        IVendorProtocol protocol,
        string path,
        string? key,
        string body,
        bool prefersOutcomes = false
    )
    {
        var curl = key is null ? new CurlKey(string.Empty, string.Empty) : protocol.Curl(key);
        var address = $"{service.Http.BaseAddress!.ToString().TrimEnd('/')}{path}{curl.Query}";
        using var parsed = IsInQuery(path) ? JsonDocument.Parse(body) : null;
        var request = parsed is null
            ? new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            }
            : new HttpRequestMessage(HttpMethod.Get, $"{address}?{Query(parsed.RootElement)}");
        foreach (Match argument in Argument().Matches(curl.Arguments))
        {
            if (argument.Groups["user"].Success)
            {
                var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(argument.Groups["user"].Value));
                request.Headers.Authorization = new("Basic", basic);
            }
            else
            {
                request.Headers.Add(argument.Groups["name"].Value, argument.Groups["value"].Value);
            }
        }

        if (prefersOutcomes)
        {
            request.Headers.Add("Prefer", "return=representation");
        }

        return await service.Http.SendAsync(request);
    }

    /// <summary>The route with this path, a trailing slash and repeated ones aside.</summary>
    public static IngestionRoute Route(string path) =>
        Protocols.Routes.First(route =>
            route.Path == $"/{string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries))}"
        );

    private static bool IsInQuery(string path) => Route(path).Vendor.ReadQuery is not null;

    private static string Query(JsonElement body) =>
        string.Join(
            '&',
            body.EnumerateObject().Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value.GetString()!)}")
        );

    [GeneratedRegex(@"-u (?<user>\S+)|-H '(?<name>[^:']+): (?<value>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Argument();
}
