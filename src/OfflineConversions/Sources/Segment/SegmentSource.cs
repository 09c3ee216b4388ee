using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// Segment's HTTP Tracking API and webhooks, mapped as its Facebook Offline Conversions destination did.
/// </summary>
internal sealed class SegmentSource : IEventSource
{
    private static readonly CompiledTable Table = new(SegmentFields.Event, ignoreCaseBelow: "traits");

    // The category is sent as it is, unless it becomes the content ids.
    private static readonly FreeProperties Free = Table.FreePropertiesUnder("properties", Field.Category);

    private static readonly DataProcessing NoLimit = new([], Country: null, State: null);

    private readonly MappingOptions _options;
    private readonly SegmentOptions _settings;
    private readonly SegmentTargets _targets;

    /// <summary>Compiles the connection's lists.</summary>
    public SegmentSource(MappingOptions options)
    {
        _options = options;
        _settings = options.Of<SegmentOptions>();
        _targets = new SegmentTargets(_settings, options.Api.Shape());
    }

    /// <inheritdoc/>
    public string? Refuse(JsonPart body) => PostedBody.Refuse(body);

    /// <inheritdoc/>
    public BodySize Measure(JsonPart body) => PostedBody.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt)
    {
        var isBatch = JsonText.Member(body, "batch").ValueKind != JsonValueKind.Undefined;
        var root = isBatch ? Table.Read(body) : default(FieldValues?);
        return PostedBody.Map(body, message => MapOne(message, root, receipt));
    }

    private MappedEvent MapOne(JsonPart message, FieldValues? batch, Receipt receipt)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return MappedEvent.Rejected(Reason.NotAnObject);
        }

        var fields = Table.Read(message);
        var eventId = EventIds.Of(fields.Text(Field.EventId), message);
        if (!string.Equals(fields.Text(Field.Type) ?? receipt.Call, "track", StringComparison.OrdinalIgnoreCase))
        {
            return MappedEvent.Ignored(Reason.UnsupportedType, eventId);
        }

        if (fields.Text(Field.EventName) is not { } eventName)
        {
            return MappedEvent.Rejected(Reason.MissingEventName, eventId);
        }

        var targets = _targets.For(eventName);
        if (targets.Count == 0)
        {
            return MappedEvent.Ignored(Reason.EventNotMapped, eventId) with
            {
                EventName = eventName,
                OrderId = fields.Text(Field.OrderId),
            };
        }

        var destination = SegmentDestinationOptions.Of(fields, batch);
        return destination.Disabled
            ? MappedEvent.Ignored(Reason.DisabledByIntegrations, eventId) with
            {
                EventName = eventName,
                OrderId = fields.Text(Field.OrderId),
            }
            : Convert(eventName, fields, batch, destination, eventId, receipt, targets);
    }

    private MappedEvent Convert(
        string eventName,
        FieldValues message,
        FieldValues? batch,
        SegmentDestinationOptions destination,
        string eventId,
        Receipt receipt,
        IReadOnlyList<Target> targets
    )
    {
        // The batch's own context is merged into each message; the message wins.
        var warnings = new Warnings();
        var fields = batch is { } root ? message.WithDefaults(root) : message;
        var properties = new SegmentProperties(eventName, fields, _settings, warnings);
        var processing = _settings.LimitedDataUse
            ? DataProcessingOptions.Read(destination.Member("dataProcessingOptions"))
            : default;
        var conversion = destination.Meta.Over(
            new ConversionEvent
            {
                EventId = eventId,
                HasOwnId = message.Text(Field.EventId) is not null,
                EventTime = new SegmentTime(message, batch, _options.ReadingOrder).Of(receipt.At, warnings),
                EventSourceUrl = fields.Slice(Field.EventSourceUrl),
                HasDevice = fields.Has(Field.Device),
                UploadTag = "Segment",
                Value = properties.Value,
                HasUnreadableValue = properties.HasUnreadableValue,
                Currency = fields.Slice(Field.Currency),
                OrderId = fields.Slice(Field.OrderId),
                ContentType = properties.ContentType,
                ContentIds = properties.ContentIds,
                Contents = properties.Contents,
                DataProcessing = !_settings.LimitedDataUse ? null : processing.Value ?? NoLimit,
                HasInvalidDataProcessing = processing.IsInvalid,
                Targets = targets,
            },
            _options.ReadingOrder,
            warnings
        );
        var keys = MatchKeys.Rent();
        SegmentPerson.AddTo(keys, fields, destination);
        destination.Meta.AddTo(keys, warnings);
        AdvertisingIds.RemoveForbidden(keys, fields, warnings);
        ClickIds.AddFromUrls(
            keys,
            conversion.EventTime ?? receipt.At,
            conversion.EventSourceUrl,
            fields.Slice(Field.EventSourceUrl)
        );
        properties.CopyRest(Free, conversion.CustomData, warnings);
        var priced = conversion.Value is null ? conversion : AssumedCurrency.Of(conversion, _options.DefaultCurrency);
        return MappedEvent.Of(priced, keys, warnings, eventName);
    }
}
