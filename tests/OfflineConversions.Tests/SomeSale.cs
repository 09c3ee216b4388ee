using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests;

/// <summary>
/// The same sale in every source's words, so that a rule for all sources is one table: each part has its place.
/// </summary>
internal sealed class SomeSale
{
    private readonly string _source;
    private readonly MetaApi _api;
    private string _body;

    private SomeSale(string source, MetaApi api, string body)
    {
        _source = source;
        _api = api;
        _body = body;
    }

    /// <summary>Every source in both shapes.</summary>
    public static IEnumerable<(string Source, MetaApi Api)> Everywhere =>
        from source in SourceName.All
        from api in Enum.GetValues<MetaApi>()
        select (source, api);

    /// <summary>A purchase of 10 EUR by a known person.</summary>
    public static SomeSale Purchase(string source, MetaApi api = MetaApi.ConversionsApi) =>
        new SomeSale(source, api, Body(source, "purchase", "Order Completed")).With("currency", "\"EUR\"").Value("10");

    /// <summary>A product put into a cart by a known person.</summary>
    public static SomeSale AddToCart(string source, MetaApi api = MetaApi.ConversionsApi) =>
        new SomeSale(source, api, Body(source, "add_to_cart", "Product Added")).With("currency", "\"EUR\"");

    /// <summary>The value, as JSON.</summary>
    public SomeSale Value(string json) =>
        Set(
            _source switch
            {
                SourceName.MParticle => "events.0.data.product_action.total_amount",
                SourceName.Segment => _body.Contains("Order Completed", StringComparison.Ordinal)
                    ? "properties.revenue"
                    : "properties.value",
                SourceName.RudderStack => "properties.value",
                _ => "value",
            },
            json
        );

    /// <summary>The products, as JSON with <c>ID</c> for the name of the product's id.</summary>
    public SomeSale Products(string json) =>
        Set(
            _source switch
            {
                SourceName.MParticle => "events.0.data.product_action.products",
                SourceName.CommandersAct => "items",
                _ => "properties.products",
            },
            json.Replace(
                "ID",
                _source is SourceName.Segment or SourceName.RudderStack ? "product_id" : "id",
                StringComparison.Ordinal
            )
        );

    /// <summary>A property, custom attribute or root key, as JSON.</summary>
    public SomeSale With(string name, string json) =>
        Set(
            (_source, name) switch
            {
                (SourceName.MParticle, "currency") => "events.0.data.currency_code",
                (SourceName.MParticle, _) => "events.0.data.custom_attributes." + name,
                (SourceName.CommandersAct, _) => name,
                _ => "properties." + name,
            },
            json
        );

    /// <summary>The time at which it happened, as JSON.</summary>
    public SomeSale At(string json) =>
        Set(
            _source switch
            {
                SourceName.MParticle => "events.0.data.timestamp_unixtime_ms",
                SourceName.CommandersAct => "context.event_timestamp",
                _ => "timestamp",
            },
            json
        );

    /// <summary>Any value by its path in the body.</summary>
    public SomeSale Set(string path, string json)
    {
        _body = JsonPath.Set(_body, path, json);
        return this;
    }

    /// <summary>The body that its source posts.</summary>
    public string Json => _body;

    /// <summary>Maps it.</summary>
    public EventResult Map(Action<MappingOptions>? change = null) => Options(change).MapOne(_body);

    /// <summary>The settings of a connection for it.</summary>
    public MappingOptions Options(Action<MappingOptions>? change = null)
    {
        void Change(MappingOptions options)
        {
            options.Api = _api;
            change?.Invoke(options);
        }

        return _source switch
        {
            SourceName.MParticle => Some.MParticle(Change),
            SourceName.Segment => Some.Segment(Change),
            SourceName.RudderStack => Some.RudderStack(Change),
            _ => Some.CommandersAct(Change),
        };
    }

    /// <summary>The object in which the shape has value, currency and contents.</summary>
    public JsonObject Amounts(Action<MappingOptions>? change = null) => Amounts(Map(change), _api);

    /// <summary>The same of a result.</summary>
    public static JsonObject Amounts(EventResult result, MetaApi api) =>
        api == MetaApi.ConversionsApi ? result.Payload()["custom_data"]!.AsObject() : result.Payload();

    /// <summary>The name of an item's price in the shape.</summary>
    public static string PriceIn(MetaApi api) => api == MetaApi.ConversionsApi ? "item_price" : "price";

    public override string ToString() => $"{_source} {_api} {_body}";

    private static string Body(string source, string name, string title) =>
        source switch
        {
            SourceName.MParticle => $$$$"""
                {"user_identities":{"email":"a@b.co"},
                 "events":[{"event_type":"commerce_event","data":{"source_message_id":"m",
                 "product_action":{"action":"{{{{name}}}}"}}}]}
                """,
            SourceName.CommandersAct => $$$$"""
                {"event_name":"{{{{name}}}}","user":{"email":"a@b.co"},
                 "context":{"event_id":"m","device":{"user_agent":"UA"}}}
                """,
            _ => $$$$"""
                {"type":"track","event":"{{{{title}}}}","messageId":"m","context":{"traits":{"email":"a@b.co"}}}
                """,
        };
}
