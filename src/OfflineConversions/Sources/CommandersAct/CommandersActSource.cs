using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>Commanders Act's HTTP Tracking API, mapped as its Facebook Conversions API destination does.</summary>
internal sealed class CommandersActSource(MappingOptions options) : IEventSource
{
    private static readonly CompiledTable Table = new(CommandersActFields.Event);
    private static readonly CompiledTable TableOfVersion1 = new(CommandersActFields.EventOfVersion1);
    private static readonly FreeProperties Free = Table.FreePropertiesUnder("");
    private static readonly FreeProperties FreeOfVersion1 = TableOfVersion1.FreePropertiesUnder("properties");

    private readonly CommandersActOptions _settings = options.Of<CommandersActOptions>();

    /// <inheritdoc/>
    public string? Refuse(JsonPart body) => PostedBody.Refuse(body);

    /// <inheritdoc/>
    public BodySize Measure(JsonPart body) => PostedBody.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt) =>
        PostedBody.Map(body, element => MapOne(element, receipt));

    /// <inheritdoc/>
    public string? Judge(HashedKeys keys) => CommandersActPerson.Judge(keys);

    private MappedEvent MapOne(JsonPart element, Receipt receipt)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return MappedEvent.Rejected(Reason.NotAnObject);
        }

        var properties = JsonText.Member(element, "properties");
        var isVersion1 =
            properties.ValueKind == JsonValueKind.Object
            && JsonText.Member(element, "context").ValueKind == JsonValueKind.Undefined;
        var fields = (isVersion1 ? TableOfVersion1 : Table).Read(element);
        var eventId = EventIds.Of(fields.Text(Field.EventId), element);
        if (fields.Text(Field.EventName) is not { } eventName)
        {
            return MappedEvent.Rejected(Reason.MissingEventName, eventId);
        }

        var mapped = CommandersActConsent.Holds(fields, _settings.UserConsentCategory)
            ? Convert(
                fields,
                isVersion1 ? properties : element,
                isVersion1 ? FreeOfVersion1 : Free,
                eventId,
                eventName,
                receipt
            )
            : MappedEvent.Ignored(Reason.NoConsent, eventId);
        return mapped with
        {
            EventName = eventName,
            OrderId = CommandersActCustomData.OrderIdOf(isVersion1 ? properties : element),
        };
    }

    private MappedEvent Convert(
        FieldValues fields,
        JsonPart properties,
        FreeProperties free,
        string eventId,
        string eventName,
        Receipt receipt
    )
    {
        var warnings = new Warnings();
        var time = fields.Time(Field.EventTime, options.ReadingOrder, warnings);
        var custom = new CommandersActCustomData(properties, fields, options, warnings);
        var meta = MetaFields.Of(
            fields.Element(Field.Context),
            JsonText.Member(properties, "integrations"),
            fields.Element(Field.Overrides, 0)
        );
        var conversion = meta.Over(
            new ConversionEvent
            {
                EventId = eventId,
                HasOwnId = fields.Text(Field.EventId) is not null,
                EventTime = time,
                ActionSource = fields.Text(Field.ActionSource) ?? ActionSourceOf(fields.Text(Field.Type)),
                EventSourceUrl = fields.Slice(Field.EventSourceUrl),
                Value = custom.Value,
                HasUnreadableValue = custom.HasUnreadableValue,
                Currency = custom.Currency,
                ContentType = custom.ContentType,
                ContentIds = custom.ContentIds,
                Contents = custom.Contents,
                CustomData = custom.Rest,
                Targets =
                [
                    new Target(
                        options.DatasetId ?? "",
                        CommandersActEventNames.Standard.GetValueOrDefault(eventName, eventName)
                    ),
                ],
            },
            options.ReadingOrder,
            warnings
        );
        var keys = MatchKeys.Rent();
        CommandersActPerson.AddTo(keys, fields);
        meta.AddTo(keys, warnings);
        ClickIds.AddFromUrls(keys, time ?? receipt.At, conversion.EventSourceUrl, fields.Slice(Field.EventSourceUrl));
        custom.NoteUnused(properties, fields, free, warnings);
        return MappedEvent.Of(conversion, keys, warnings);
    }

    private static string ActionSourceOf(string? type) =>
        string.Equals(type, "offline", StringComparison.OrdinalIgnoreCase)
            ? ActionSource.PhysicalStore
            : ActionSource.Website;
}
