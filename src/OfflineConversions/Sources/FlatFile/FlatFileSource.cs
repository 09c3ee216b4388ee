using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Rows of a file, each a flat JSON object by header: what a till or a shop exports. A list of them is read as rows
/// that follow each other.
/// </summary>
internal sealed class FlatFileSource : IEventSource
{
    private readonly MappingOptions _options;
    private readonly FlatFileOptions _settings;
    private readonly FlatFileColumns _columns;
    private readonly FlatFileTime _time;
    private readonly FlatFileProducts _products;
    private readonly char _decimalSeparator;

    public FlatFileSource(MappingOptions options)
    {
        _options = options;
        _settings = options.Of<FlatFileOptions>();
        _columns = new FlatFileColumns(_settings);
        _time = new FlatFileTime(_settings);
        _decimalSeparator = FlatFileFormat.DecimalSeparatorOf(_settings.DecimalSeparator) ?? default;
        _products = new FlatFileProducts(_decimalSeparator);
    }

    /// <inheritdoc/>
    public string? Refuse(JsonPart body) =>
        body.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? null
            : "The body must be a flat JSON object, one cell per column, or a list of them.";

    /// <inheritdoc/>
    public BodySize Measure(JsonPart body) =>
        new(body.ValueKind == JsonValueKind.Array ? body.GetArrayLength() : 1, body.Utf8.Length);

    /// <inheritdoc/>
    public IEnumerable<MappedEvent> Map(JsonPart body, Receipt receipt)
    {
        if (body.ValueKind != JsonValueKind.Array)
        {
            yield return body.ValueKind == JsonValueKind.Object
                ? MapOrder(new FlatFileOrder(FlatFileRow.Read(body, _columns)), receipt)
                : MappedEvent.Rejected(Reason.NotAnObject);
            yield break;
        }

        FlatFileOrder? order = null;
        foreach (var element in body.EnumerateArray())
        {
            var row = element.ValueKind == JsonValueKind.Object ? FlatFileRow.Read(element, _columns) : null;
            if (row is not null && order?.TryAdd(row) == true)
            {
                continue;
            }

            if (order is not null)
            {
                yield return MapOrder(order, receipt);
            }

            order = row is null ? null : new FlatFileOrder(row);
            if (row is null)
            {
                yield return MappedEvent.Rejected(Reason.NotAnObject);
            }
        }

        if (order is not null)
        {
            yield return MapOrder(order, receipt);
        }
    }

    private MappedEvent MapOrder(FlatFileOrder order, Receipt receipt)
    {
        var eventId = FlatFileEventId.Of(order);
        var eventName = order.First.Text(FlatFileColumn.EventName) ?? _settings.EventName;
        var name = StandardEvents.NameOf(eventName?.Trim() ?? "");
        var mapped =
            name.Length == 0 ? MappedEvent.Rejected(Reason.MissingEventName, eventId)
            : name == StandardEvents.Purchase && order.IsNoSale ? MappedEvent.Ignored(Reason.NotForwarded, eventId)
            : Convert(order, eventId, name, receipt);
        return mapped with { EventName = eventName, Rows = order.Rows.Count };
    }

    private MappedEvent Convert(FlatFileOrder order, string eventId, string eventName, Receipt receipt)
    {
        var warnings = new Warnings();
        var row = order.First;
        var time = Time(row, warnings);
        var value = Value(order, warnings);
        var contents = _products.Of(order, warnings);
        var processing = Processing(row);
        var conversion = new ConversionEvent
        {
            EventId = eventId,
            HasOwnId = row.Text(FlatFileColumn.EventId) is not null || row.Text(FlatFileColumn.OrderId) is not null,
            EventTime = time,
            ActionSource = row.Text(FlatFileColumn.ActionSource),
            EventSourceUrl = row.Text(FlatFileColumn.EventSourceUrl),
            UploadTag = row.Text(FlatFileColumn.UploadTag) is { Length: <= EventLimits.LongestName } tag
                ? tag
                : FlatFileDefinition.Instance.UploadTag,
            Value = value,
            HasUnreadableValue = value is null && !JsonText.IsEmpty(row[FlatFileColumn.Value]),
            Currency = row.Text(FlatFileColumn.Currency) is { } currency
                ? CurrencySigns.CodeOf(currency)
                : row.HeaderCurrency ?? _options.DefaultCurrency,
            ContentType = contents.Count > 0 ? "product" : null,
            ContentIds =
            [
                .. contents.Select(content => content.Id.Text).OfType<string>().Distinct(StringComparer.Ordinal),
            ],
            Contents = contents,
            OrderId = row.Text(FlatFileColumn.OrderId),
            ItemNumber = order.Rows.Count == 1 && contents.Count <= 1 ? row.Text(FlatFileColumn.ItemNumber) : null,
            DataProcessing = processing.Value,
            HasInvalidDataProcessing = processing.IsInvalid,
            Targets = [new Target(_options.DatasetId ?? "", eventName)],
        };
        foreach (var (name, cell) in row.Custom)
        {
            conversion.CustomData.Set(name, cell);
        }

        if (row.HasUnused)
        {
            warnings.Add(Warning.PropertyNotSent);
        }

        var keys = MatchKeys.Rent();
        FlatFilePerson.AddTo(keys, row);
        ClickIds.AddFromUrls(keys, time ?? receipt.At, conversion.EventSourceUrl);
        return MappedEvent.Of(conversion, keys, warnings);
    }

    private DateTimeOffset? Time(FlatFileRow row, Warnings warnings)
    {
        var time = _time.Read(row, FlatFileDates.OrderOf(row, _options));
        if (time is null && !JsonText.IsEmpty(row[FlatFileColumn.EventTime]))
        {
            warnings.Add(Warning.InvalidTime);
        }

        return time;
    }

    private Number? Value(FlatFileOrder order, Warnings warnings)
    {
        var cell = order.First[FlatFileColumn.Value];
        if (JsonText.IsEmpty(cell))
        {
            return _products.Sum(order, warnings);
        }

        var value = FlatFileMoney.Read(cell, _decimalSeparator);
        if (value is null)
        {
            warnings.Add(Warning.InvalidNumber);
        }

        return value;
    }

    private static DataProcessingOptions Processing(FlatFileRow row) =>
        JsonText.IsEmpty(row[FlatFileColumn.DataProcessingOptions])
            ? default
            : DataProcessingOptions.Read(
                row[FlatFileColumn.DataProcessingOptions],
                row[FlatFileColumn.DataProcessingCountry],
                row[FlatFileColumn.DataProcessingState]
            );
}
