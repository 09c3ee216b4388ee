using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions;

/// <summary>
/// Writes conversions of your own in Meta's JSON, and hashes customers. One instance serves one dataset and can be used
/// from any number of threads. For what a vendor posts, see <see cref="ConversionPipeline"/>.
/// </summary>
public sealed class ConversionWriter
{
    private static readonly HashSet<string> Nothing = [];

    private readonly MappingOptions _options;
    private readonly ConversionPipeline _pipeline;

    /// <summary>Compiles the settings.</summary>
    /// <param name="options">
    /// The settings, with a dataset; <see cref="MappingOptions.Source"/> is not used. They must not change afterwards.
    /// </param>
    /// <exception cref="ArgumentException">The dataset id is missing or cannot be one.</exception>
    public ConversionWriter(MappingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!DatasetId.IsValid(options.DatasetId))
        {
            throw new ArgumentException($"A dataset id is required; {DatasetId.Rule}.", nameof(options));
        }

        _options = options;
        _pipeline = new ConversionPipeline(options, new NoSource());
    }

    /// <summary>
    /// Normalises and hashes the customer, checks what Meta requires, and writes the event. Whatever is wrong with the
    /// conversion is part of the result.
    /// </summary>
    /// <param name="conversion">What happened.</param>
    /// <param name="now">The current time, which decides whether the event is too old.</param>
    public EventResult Write(Conversion conversion, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversion);
        using var custom = conversion.CustomData is { Count: > 0 } properties ? Tree(properties) : null;
        return _pipeline.Finish(Map(conversion, custom?.Root ?? default), now);
    }

    /// <summary>Normalises and hashes a customer, as <see cref="Write"/> does.</summary>
    /// <param name="customer">The person.</param>
    /// <param name="now">The current time: no birthday is later, and click ids end after 90 days.</param>
    public HashedCustomer Hash(Customer customer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return _pipeline.Hash(customer.Keys(), now);
    }

    private static JsonTree Tree(System.Text.Json.Nodes.JsonObject properties) =>
        JsonTree.Parse(Encoding.UTF8.GetBytes(properties.ToJsonString()));

    private MappedEvent Map(Conversion conversion, JsonPart custom)
    {
        if (string.IsNullOrWhiteSpace(conversion.EventName))
        {
            return MappedEvent.Rejected(Reason.MissingEventName, conversion.EventId);
        }

        var products = conversion.Products.Select(ContentOf).ToList();
        var written = new ConversionEvent
        {
            EventId = conversion.EventId,
            EventTime = conversion.EventTime,
            ActionSource = conversion.ActionSource,
            EventSourceUrl = conversion.EventSourceUrl,
            UploadTag = conversion.UploadTag,
            Value = NumberOf(conversion.Value),
            Currency = conversion.Currency ?? _options.DefaultCurrency,
            OrderId = conversion.OrderId,
            ContentType = products.Count > 0 ? "product" : null,
            ContentIds = [.. conversion.Products.Select(product => product.Id).Distinct(StringComparer.Ordinal)],
            Contents = products,
            DataProcessing = conversion.LimitedDataUse
                ? new DataProcessing([LimitedDataUse.Option], Number.Zero, Number.Zero)
                : null,
            Targets = [new Target(_options.DatasetId!, conversion.EventName.Trim())],
        };
        written.CustomData.CopyFrom(custom, Nothing);
        return MappedEvent.Of(written, conversion.Customer.Keys(), new Warnings(), conversion.EventName);
    }

    private static Content ContentOf(Product product) =>
        new(
            string.IsNullOrWhiteSpace(product.Id) ? null : product.Id,
            NumberOf(product.Quantity),
            NumberOf(product.Price),
            product.Brand,
            product.Category
        );

    private static Number? NumberOf(decimal? value) => value is { } number ? Number.Of(number) : null;

    /// <summary>Conversions are objects here: there are no messages to map, and no vendor who requires more.</summary>
    private sealed class NoSource : IEventSource
    {
        public string? Refuse(JsonPart body) => null;

        public BodySize Measure(JsonPart body) => default;

        public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt) => [];
    }
}
