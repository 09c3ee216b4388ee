using System.Globalization;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.MParticle;

/// <summary>mParticle's Events API and webhook, mapped as its Facebook Offline Conversions integration did.</summary>
internal sealed class MParticleSource(MappingOptions options) : IEventSource
{
    private static readonly CompiledTable EventTable = new(MParticleFields.Event);
    private static readonly CompiledTable ProductTable = new(MParticleFields.Product);
    private static readonly FreeProperties Attributes = EventTable.FreePropertiesUnder("data.custom_attributes");

    private readonly MParticleOptions _settings = options.Of<MParticleOptions>();

    /// <inheritdoc/>
    public string? Refuse(JsonPart body) =>
        body.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? null
            : "The body must be a batch object or an array of batches.";

    /// <inheritdoc/>
    public BodySize Measure(JsonPart body) =>
        body.ValueKind == JsonValueKind.Array
            ? body.EnumerateArray().Aggregate(default(BodySize), (sum, batch) => sum + MParticleBatch.Measure(batch))
            : MParticleBatch.Measure(body);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt) =>
        body.ValueKind == JsonValueKind.Array
            ? body.EnumerateArray().SelectMany(batch => MapBatch(batch, receipt))
            : MapBatch(body, receipt);

    private IEnumerable<MappedEvent> MapBatch(JsonPart element, Receipt receipt)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            yield return MappedEvent.Rejected(Reason.NotAnObject);
            yield break;
        }

        var batch = new MParticleBatch(element, _settings);
        if (batch.Events.ValueKind != JsonValueKind.Array)
        {
            yield break; // a batch may carry identities and attributes only
        }

        var index = 0;
        var ignored = batch.IgnoreReason();
        var scratch = element.Tree.Scratch;
        var mark = scratch.Count;
        foreach (var one in batch.Events.EnumerateArray())
        {
            yield return MapOne(batch, one, index++, ignored, receipt);
            scratch.GoBack(mark);
        }
    }

    private MappedEvent MapOne(MParticleBatch batch, JsonPart element, int index, string? ignored, Receipt receipt)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return MappedEvent.Rejected(Reason.NotAnObject);
        }

        var fields = EventTable.Read(element);
        var eventId = EventIdOf(batch, element, fields, index);
        var ownName = fields.Text(Field.EventName) ?? fields.Text(Field.Type);
        if (ignored is not null)
        {
            return MappedEvent.Ignored(ignored, eventId) with
            {
                EventName = ownName,
                OrderId = fields.Text(Field.OrderId),
            };
        }

        var names = _settings.UseStandardEventNames ? MParticleEventNames.Standard : MParticleEventNames.Documented;
        return
            fields.Text(Field.Type) == "commerce_event"
            && fields.Text(Field.EventName) is { } action
            && names.TryGetValue(action.ToLowerInvariant(), out var name)
            ? Convert(batch, fields, eventId, action, name, receipt)
            : MappedEvent.Ignored(Reason.NotForwarded, eventId) with
            {
                EventName = ownName,
                OrderId = fields.Text(Field.OrderId),
            };
    }

    private MappedEvent Convert(
        MParticleBatch batch,
        FieldValues fields,
        string eventId,
        string action,
        string name,
        Receipt receipt
    )
    {
        var warnings = new Warnings();
        var contents = Products.Of(fields, ProductTable, warnings);
        var value = fields.Amount(Field.Value, warnings);
        var isUnreadable = value is null && fields.Has(Field.Value);
        var meta = MParticleFlags.Read(fields.Element(Field.Overrides));
        var conversion = meta.Over(
            new ConversionEvent
            {
                EventId = eventId,
                HasOwnId = fields.Text(Field.EventId) is not null || batch.SourceRequestId is not null,
                EventTime = fields.Time(Field.EventTime, options.ReadingOrder, warnings),
                HasDevice = batch.HasDevice,
                UploadTag = "mParticle",
                Value = isUnreadable ? null : value ?? Sum(contents),
                HasUnreadableValue = isUnreadable,
                Currency = fields.Slice(Field.Currency).Or(options.DefaultCurrency),
                OrderId = fields.Slice(Field.OrderId),
                DataProcessing = batch.DataProcessing,
                ContentIds = ContentIds.Of(fields, warnings),
                Contents = contents,
                Targets = [new Target(options.DatasetId ?? "", name)],
            },
            options.ReadingOrder,
            warnings
        );
        var keys = MatchKeys.Rent();
        batch.AddPersonTo(keys, warnings);
        meta.AddTo(keys, warnings);
        AdvertisingIds.RemoveForbidden(keys, batch.ForbidsAdvertisingIds, warnings);
        ClickIds.AddFromUrls(keys, conversion.EventTime ?? receipt.At, conversion.EventSourceUrl);
        Attributes.Copy(fields.Element(Field.Properties), fields, conversion.CustomData, warnings);
        return MappedEvent.Of(conversion, keys, warnings, action);
    }

    private Number? Sum(IReadOnlyList<Content> products)
    {
        decimal? sum = null;
        foreach (var product in products)
        {
            if (product.Price?.ToDecimal() is { } price)
            {
                var quantity = _settings.MultiplyPriceByQuantity ? product.Quantity?.ToDecimal() ?? 1 : 1;
                sum = Saturating(sum ?? 0, price, quantity);
            }
        }

        return sum is { } total ? Number.Of(total) : null;
    }

    // Prices whose sum overflows are not real prices; they must not fail the event.
    private static decimal Saturating(decimal sum, decimal price, decimal quantity)
    {
        try
        {
            return sum + (price * quantity);
        }
        catch (OverflowException)
        {
            return sum;
        }
    }

    // Two customers can buy the same product in the same second. Without ids, the identities distinguish their events.
    private static string EventIdOf(MParticleBatch batch, JsonPart element, FieldValues fields, int index) =>
        EventIds.Of(
            fields.Text(Field.EventId)
                ?? (
                    batch.SourceRequestId is { } request
                        ? string.Create(CultureInfo.InvariantCulture, $"{request}-{index}")
                        : null
                ),
            batch.Identities,
            element
        );
}
