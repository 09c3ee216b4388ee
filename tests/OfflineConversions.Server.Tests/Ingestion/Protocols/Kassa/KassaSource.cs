using System.Globalization;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols.Kassa;

/// <summary>
/// A made-up vendor of tills, to show what a source needs: this definition and mapping, and
/// <see cref="KassaProtocol"/>.
/// </summary>
internal sealed class KassaDefinition : SourceDefinition
{
    public static readonly KassaDefinition Instance = new();

    private KassaDefinition() { }

    public override string Name => "Kassa";

    public override string DatasetName => "dataset id";

    public override object CreateOptions() => new KassaOptions();

    internal override IEventSource Compile(MappingOptions options) => new KassaSource(options);

    public override IEnumerable<SettingProblem> Check(MappingOptions options) =>
        options
            .Of<KassaOptions>()
            .Shops.Where(shop => shop.Contains(' ', StringComparison.Ordinal))
            .Select(shop => new SettingProblem(nameof(KassaOptions.Shops), "must not hold a blank", shop));
}

/// <summary>The vendor's own settings.</summary>
internal sealed class KassaOptions
{
    /// <summary>The shops whose receipts are sent. Default: all.</summary>
    public List<string> Shops { get; set; } = [];

    /// <summary>What a receipt becomes.</summary>
    public string EventName { get; set; } = "Purchase";
}

/// <summary>Maps receipts: one, or <c>{"receipts":[…]}</c>.</summary>
internal sealed class KassaSource(MappingOptions options) : IEventSource
{
    private readonly KassaOptions _settings = options.Of<KassaOptions>();

    public string? Refuse(JsonPart body) =>
        body.ValueKind == JsonValueKind.Object ? null : "A body must be a receipt or an object of receipts.";

    public BodySize Measure(JsonPart body) => new(Receipts(body).Length, body.Utf8.Length);

    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt) => Receipts(body).Select(Map);

    private MappedEvent Map(JsonPart receipt)
    {
        var shop = Text(receipt, "shop");
        var number = Text(receipt, "number") ?? "unnumbered";
        if (Text(receipt, "kind") == "training" || (_settings.Shops.Count > 0 && !_settings.Shops.Contains(shop!)))
        {
            return MappedEvent.Ignored(Reason.NotForwarded, number);
        }

        var keys = new MatchKeys();
        keys.Add(MatchKey.Email, Text(JsonText.Member(receipt, "customer"), "mail"));
        keys.Add(MatchKey.ExternalId, Text(JsonText.Member(receipt, "customer"), "card"));
        var conversion = new ConversionEvent
        {
            EventId = $"{shop}-{number}",
            EventTime = DateTimeOffset.TryParse(
                Text(receipt, "printed"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var printed
            )
                ? printed
                : null,
            UploadTag = "Kassa",
            OrderId = number,
            Value = Number.Read(JsonText.Member(receipt, "total")),
            Currency = Text(receipt, "currency") ?? options.DefaultCurrency,
            Contents =
            [
                .. List(receipt, "lines")
                    .Select(line => new Content(
                        Text(line, "article"),
                        Number.Read(JsonText.Member(line, "pieces")),
                        Number.Read(JsonText.Member(line, "price")),
                        Brand: null,
                        Category: null
                    )),
            ],
            Targets = [new Target(options.DatasetId!, _settings.EventName)],
        };
        conversion.CustomData.Set("till", Text(receipt, "till"));
        return MappedEvent.Of(conversion, keys, new Warnings());
    }

    private static JsonPart[] Receipts(JsonPart body) =>
        JsonText.Member(body, "receipts").ValueKind == JsonValueKind.Array ? List(body, "receipts") : [body];

    private static JsonPart[] List(JsonPart element, string name) =>
        JsonText.Member(element, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonPart element, string name) => JsonText.Of(JsonText.Member(element, name));
}
