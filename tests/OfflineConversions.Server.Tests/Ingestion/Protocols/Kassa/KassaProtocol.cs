using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols.Kassa;

/// <summary>The HTTP of the made-up vendor's tills: a key in a special header, 201, and faults in JSON.</summary>
internal sealed class KassaProtocol : IVendorProtocol
{
    private const string Header = "X-Kassa-Key";

    /// <summary>A connection of this source.</summary>
    public const string Connection = """
        "till": { "Source": "Kassa", "WriteKeys": ["kassa-key-1"], "AccessToken": "t0ken", "DatasetId": "5",
                  "Kassa": { "Shops": ["north", "south"] } }
        """;

    public SourceDefinition Source => KassaDefinition.Instance;

    public string Title => "Kassa tills";

    public string Description => $"Receipts of Kassa tills. The key in `{Header}`.";

    public IReadOnlyList<VendorRoute> Routes { get; } =
    [new("/till/receipt", "Accepts one receipt."), new("/till/receipts", "Accepts receipts.")];

    public OpenApiSecurityScheme SecurityScheme { get; } =
        new()
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = Header,
            Description = "For tills: the key.",
        };

    public PresentedKey ReadKey(HttpRequest request) =>
        request.Headers.TryGetValue(Header, out var key)
            ? new PresentedKey(key.ToString(), Attempted: true)
            : new PresentedKey(null, Attempted: false);

    public string? KeyProblem(string key) =>
        key.Contains('-', StringComparison.Ordinal) ? null : "must hold a hyphen, as all keys of tills do";

    public VendorResponse Success { get; } = VendorResponse.Text(StatusCodes.Status201Created, "BOOKED");

    public VendorResponse Refuse(Refusal refusal) =>
        VendorResponse.Json(
            refusal.Kind == RefusalKind.WrongKey ? StatusCodes.Status403Forbidden : refusal.HttpStatus,
            $$$"""{"fault":{"text":{{{VendorResponse.Quote(refusal.Message)}}}}}"""
        );

    public IReadOnlyList<Sample> Samples(VendorRoute route, DateTimeOffset at) =>
        route.LastSegment == "receipts"
            ?
            [
                Sample.Of(
                    "receipts",
                    "Two receipts",
                    $$"""{"receipts":[{{Receipt("4711", at)}},{{Receipt("4712", at)}}]}"""
                ),
            ]
            : [Sample.Of("receipt", "A receipt", Receipt("4713", at))];

    public CurlKey Curl(string key) => new(string.Empty, $" -H '{Header}: {key}'");

    private static string Receipt(string number, DateTimeOffset at) =>
        $$"""
            {"number":"{{number}}-{{Sample.Milliseconds(at)}}","shop":"north","till":"3","printed":"{{Sample.Iso(at)}}",
             "customer":{"mail":"kim@example.com","card":"c-1"},"total":"39.90","currency":"EUR",
             "lines":[{"article":"sku-1","pieces":2,"price":19.95}]}
            """;
}
