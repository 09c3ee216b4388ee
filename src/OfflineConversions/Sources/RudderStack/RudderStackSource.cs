using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>RudderStack's HTTP API, mapped as its Facebook Offline Conversions destination did.</summary>
internal sealed class RudderStackSource : IEventSource
{
    /// <summary>Each upload tag needs separate requests. A longer tag is ignored.</summary>
    private const int LongestUploadTag = 200;

    internal static readonly CompiledTable ProductTable = new(RudderStackFields.Product);

    private readonly MappingOptions _options;
    private readonly RudderStackOptions _settings;
    private readonly CompiledTable _table;
    private readonly FreeProperties _free;
    private readonly RudderStackTargets _targets;
    private readonly RepeatedWords _words = new();
    private readonly Func<JsonPart, Receipt, MappedEvent> _map;

    /// <summary>Compiles the connection's tables.</summary>
    public RudderStackSource(MappingOptions options)
    {
        _options = options;
        _settings = options.Of<RudderStackOptions>();
        _table = new CompiledTable(RudderStackFields.Event(_settings.ValueFieldIdentifier));

        // The category only chooses the content type; it is sent as it is.
        _free = _table.FreePropertiesUnder("properties", Field.Category);
        _targets = new RudderStackTargets(_settings);
        _map = MapOne;
    }

    /// <inheritdoc/>
    public bool RequiresHashedKeys => !_settings.EnableHashing;

    /// <inheritdoc/>
    public string? Refuse(JsonPart body) => PostedBody.Refuse(body);

    /// <inheritdoc/>
    public BodySize Measure(JsonPart body) => PostedBody.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt) => PostedBody.Map(body, receipt, _map);

    private MappedEvent MapOne(JsonPart message, Receipt receipt)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return MappedEvent.Rejected(Reason.NotAnObject);
        }

        var fields = _table.Read(message);
        var ownId = fields.Text(Field.EventId);
        var eventId = EventIds.Of(ownId, message);
        if (
            !string.Equals(fields.Word(Field.Type, _words) ?? receipt.Call, "track", StringComparison.OrdinalIgnoreCase)
        )
        {
            return MappedEvent.Ignored(Reason.UnsupportedType, eventId);
        }

        if (Integrations.Disable(fields.Element(Field.Integrations)))
        {
            return MappedEvent.Ignored(Reason.DisabledByIntegrations, eventId) with
            {
                EventName = fields.Text(Field.EventName),
                OrderId = fields.Text(Field.OrderId),
            };
        }

        if (fields.Word(Field.EventName, _words) is not { } eventName)
        {
            return MappedEvent.Rejected(Reason.MissingEventName, eventId);
        }

        var targets = _targets.For(eventName, fields);
        return targets.Count == 0
            ? MappedEvent.Rejected(Reason.EventNotMapped, eventId) with
            {
                EventName = eventName,
                OrderId = fields.Text(Field.OrderId),
            }
            : Convert(fields, eventName, eventId, ownId is not null, receipt, targets);
    }

    private MappedEvent Convert(
        FieldValues fields,
        string eventName,
        string eventId,
        bool hasOwnId,
        Receipt receipt,
        IReadOnlyList<Target> targets
    )
    {
        var warnings = new Warnings();
        var meta = MetaFields.Of(fields.Element(Field.Context), fields.Element(Field.Integrations));
        var value = fields.Amount(Field.Value, warnings);
        var processing = _settings.LimitedDataUsage
            ? DataProcessingOptions.Read(fields.Element(Field.DataProcessingOptions))
            : default;
        var conversion = meta.Over(
            new ConversionEvent
            {
                EventId = eventId,
                HasOwnId = hasOwnId,
                EventTime = fields.Time(Field.EventTime, _options.ReadingOrder, warnings),
                ActionSource = fields.Text(Field.ActionSource),
                EventSourceUrl = fields.Slice(Field.EventSourceUrl),
                HasDevice = fields.Has(Field.Device),
                UploadTag = UploadTag(fields, warnings),
                Value = value,
                HasUnreadableValue = value is null && fields.Has(Field.Value),
                Currency = fields.Slice(Field.Currency),
                OrderId = fields.Slice(Field.OrderId),
                ItemNumber = fields.Slice(Field.ItemNumber),
                DataProcessing = processing.Value,
                HasInvalidDataProcessing = processing.IsInvalid,
                ContentIds = ContentIds.Of(fields, warnings),
                Contents = WithQuantities(Products.Of(fields, ProductTable, warnings)),
                Targets = targets,
            },
            _options.ReadingOrder,
            warnings
        );
        var keys = MatchKeys.Rent();
        RudderStackPerson.AddTo(keys, fields);
        meta.AddTo(keys, warnings);
        AdvertisingIds.RemoveForbidden(keys, fields, warnings);
        ClickIds.AddFromUrls(
            keys,
            conversion.EventTime ?? receipt.At,
            conversion.EventSourceUrl,
            JsonText.Slice(fields.Element(Field.EventSourceUrl, 0)),
            JsonText.Slice(fields.Element(Field.EventSourceUrl, 1))
        );
        _free.Copy(fields.Element(Field.Properties), fields, conversion.CustomData, warnings);
        return MappedEvent.Of(Assume(conversion), keys, warnings, eventName);
    }

    // The page assumes one of each product.
    private static PooledList<Content> WithQuantities(PooledList<Content> contents)
    {
        foreach (ref var content in contents.Span)
        {
            content = content with { Quantity = content.Quantity ?? Number.One };
        }

        return contents;
    }

    // The page assumes a value of 0 and US dollars. Neither replaces what the event names but nothing can read.
    private ConversionEvent Assume(ConversionEvent conversion) =>
        AssumedCurrency.Of(
            conversion.Value is null && !conversion.HasUnreadableValue
                ? conversion with
                {
                    Value = Number.Zero,
                }
                : conversion,
            _options.DefaultCurrency
        );

    private static string UploadTag(FieldValues fields, Warnings warnings)
    {
        if (fields.Text(Field.UploadTag) is not { } tag)
        {
            return "RudderStack";
        }

        if (tag.Length <= LongestUploadTag)
        {
            return tag;
        }

        warnings.Add(Warning.PropertyNotSent);
        return "RudderStack";
    }
}
