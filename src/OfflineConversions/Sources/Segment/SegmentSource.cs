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
    public string? Refuse(JsonElement body) => PostedBody.Refuse(body);

    /// <inheritdoc/>
    public BodySize Measure(JsonElement body) => PostedBody.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonElement body, Receipt receipt)
    {
        var isBatch = JsonText.Member(body, "batch").ValueKind != JsonValueKind.Undefined;
        var root = isBatch ? Table.Read(body) : default(FieldValues?);
        return PostedBody.Events(body).Select(message => MapOne(message, root, receipt));
    }

    private MappedEvent MapOne(JsonElement message, FieldValues? batch, Receipt receipt)
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
            return MappedEvent.Ignored(Reason.EventNotMapped, eventId);
        }

        var destination = SegmentDestinationOptions.Of(fields, batch);
        return destination.Disabled
            ? MappedEvent.Ignored(Reason.DisabledByIntegrations, eventId)
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
        var conversion = new ConversionEvent
        {
            EventId = eventId,
            EventTime = new SegmentTime(message, batch, _options.ReadingOrder).Of(receipt.At, warnings),
            EventSourceUrl = fields.Text(Field.EventSourceUrl),
            UploadTag = "Segment",
            Value = properties.Value,
            Currency = fields.Text(Field.Currency)
                ?? (properties.Value is null ? null : _options.DefaultCurrency ?? "USD"),
            ContentType = properties.ContentType,
            ContentIds = properties.ContentIds,
            Contents = properties.Contents,
            DataProcessing = _settings.LimitedDataUse
                ? DataProcessingOptions.Read(destination.Member("dataProcessingOptions"))
                    ?? new DataProcessing([], Country: null, State: null)
                : null,
            Targets = targets,
        };
        var keys = new MatchKeys();
        SegmentPerson.AddTo(keys, fields, destination, conversion.EventTime ?? receipt.At, warnings);
        properties.CopyRest(conversion.CustomData);
        return MappedEvent.Of(conversion, keys, warnings);
    }
}
