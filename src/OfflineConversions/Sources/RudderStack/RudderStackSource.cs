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

    private static readonly CompiledTable ProductTable = new(RudderStackFields.Product);

    private readonly MappingOptions _options;
    private readonly RudderStackOptions _settings;
    private readonly CompiledTable _table;
    private readonly HashSet<string> _consumed;
    private readonly RudderStackTargets _targets;

    /// <summary>Compiles the connection's tables.</summary>
    public RudderStackSource(MappingOptions options)
    {
        _options = options;
        _settings = options.Of<RudderStackOptions>();
        var fields = RudderStackFields.Event(_settings.ValueFieldIdentifier);
        _table = new CompiledTable(fields);
        _consumed = fields.With(Field.Category, []).NamesUnder("properties").ToHashSet(StringComparer.Ordinal);
        _targets = new RudderStackTargets(_settings);
    }

    /// <inheritdoc/>
    public bool RequiresHashedKeys => !_settings.EnableHashing;

    /// <inheritdoc/>
    public string? Refuse(JsonElement body) => PostedBody.Refuse(body);

    /// <inheritdoc/>
    public BodySize Measure(JsonElement body) => PostedBody.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonElement body, Receipt receipt) =>
        PostedBody.Events(body).Select(message => MapOne(message, receipt));

    private MappedEvent MapOne(JsonElement message, Receipt receipt)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return MappedEvent.Rejected(Reason.NotAnObject);
        }

        var fields = _table.Read(message);
        var eventId = EventIds.Of(fields.Text(Field.EventId), message);
        if (!string.Equals(fields.Text(Field.Type) ?? receipt.Call, "track", StringComparison.OrdinalIgnoreCase))
        {
            return MappedEvent.Ignored(Reason.UnsupportedType, eventId);
        }

        if (Integrations.Disable(fields.Element(Field.Integrations)))
        {
            return MappedEvent.Ignored(Reason.DisabledByIntegrations, eventId);
        }

        if (fields.Text(Field.EventName) is not { } eventName)
        {
            return MappedEvent.Rejected(Reason.MissingEventName, eventId);
        }

        var targets = _targets.For(eventName, fields);
        return targets.Count == 0
            ? MappedEvent.Rejected(Reason.EventNotMapped, eventId)
            : Convert(fields, eventId, receipt, targets);
    }

    private MappedEvent Convert(FieldValues fields, string eventId, Receipt receipt, IReadOnlyList<Target> targets)
    {
        var warnings = new Warnings();
        var conversion = new ConversionEvent
        {
            EventId = eventId,
            EventTime = fields.Time(Field.EventTime, _options.ReadingOrder, warnings),
            ActionSource = fields.Text(Field.ActionSource),
            EventSourceUrl = fields.Text(Field.EventSourceUrl),
            UploadTag = fields.Text(Field.UploadTag) is { Length: <= LongestUploadTag } tag ? tag : "RudderStack",
            Value = fields.Number(Field.Value, warnings) ?? Number.Zero,
            Currency = fields.Text(Field.Currency) ?? _options.DefaultCurrency ?? "USD",
            OrderId = fields.Text(Field.OrderId),
            ItemNumber = fields.Text(Field.ItemNumber),
            DataProcessing = _settings.LimitedDataUsage
                ? DataProcessingOptions.Read(fields.Element(Field.DataProcessingOptions))
                : null,
            Contents = Products
                .Read(fields.Element(Field.Products), ProductTable, warnings)
                .ConvertAll(content => content with { Quantity = content.Quantity ?? Number.One }),
            Targets = targets,
        };
        var keys = new MatchKeys();
        RudderStackPerson.AddTo(keys, fields, conversion.EventTime ?? receipt.At, warnings);
        conversion.CustomData.CopyFrom(fields.Element(Field.Properties), _consumed);
        return MappedEvent.Of(conversion, keys, warnings);
    }
}
