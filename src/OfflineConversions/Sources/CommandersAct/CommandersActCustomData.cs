using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>
/// The connector's three steps, each of which overwrites the previous one: copy the event's own properties, map the
/// standard ones, apply the overrides.
/// </summary>
internal sealed class CommandersActCustomData
{
    private static readonly CompiledTable ItemTable = new(CommandersActFields.Item);

    private static readonly FrozenSet<string> NotCopied = FrozenSet.Create(
        StringComparer.Ordinal,
        "event_name",
        "user",
        "context",
        "integrations",
        "items",
        "type",
        "source_key",
        "tc_s",
        "token",
        "event_id",
        "event_timestamp",
        "consent_categories"
    );

    // Their values are read, not copied.
    private static readonly FrozenSet<string> ReadByName = FrozenSet.Create(
        StringComparer.Ordinal,
        "value",
        "currency",
        "content_type",
        "content_ids",
        "contents"
    );

    // What today's form has under context.
    private static readonly FrozenSet<string> Context = FrozenSet.Create(
        StringComparer.Ordinal,
        "page",
        "device",
        "app",
        "campaign"
    );

    private readonly bool _copies;

    /// <summary>The number of the order: <c>order_id</c>, or <c>id</c> of the standard purchase.</summary>
    public static string? OrderIdOf(JsonPart properties) =>
        JsonText.Of(JsonText.Member(properties, "order_id")) ?? JsonText.Of(JsonText.Member(properties, "id"));

    /// <summary>Reads the properties of an event.</summary>
    public CommandersActCustomData(JsonPart properties, FieldValues fields, MappingOptions options, Warnings warnings)
    {
        var settings = options.Of<CommandersActOptions>();
        _copies = settings.CopyEventProperties;
        ContentType = string.IsNullOrWhiteSpace(settings.ContentType) ? null : settings.ContentType;
        if (_copies)
        {
            CopyProperties(properties);
            ContentType = JsonText.Of(JsonText.Member(properties, "content_type")) ?? ContentType;
        }

        MapStandard(fields, options, warnings);
    }

    /// <summary>The value, if the event has one.</summary>
    public Number? Value { get; private set; }

    /// <summary>Whether the event has a value that cannot be read.</summary>
    public bool HasUnreadableValue { get; private set; }

    /// <summary>The currency that the event or the connection names.</summary>
    public BodyText Currency { get; private set; }

    /// <summary>The content type.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Product ids, which only an override names.</summary>
    public string[] ContentIds { get; private set; } = [];

    /// <summary>The products.</summary>
    public PooledList<Content> Contents { get; private set; } = [];

    /// <summary>Everything else.</summary>
    public CustomData Rest { get; } = new();

    /// <summary>
    /// Notes each property that is neither used nor sent, after everything else has been read. What identifies or
    /// surrounds the event does not count.
    /// </summary>
    public void NoteUnused(JsonPart properties, FieldValues fields, FreeProperties read, Warnings warnings)
    {
        foreach (var property in properties.EnumerateObject())
        {
            var name = JsonText.NameOf(property);
            var isAccountedFor =
                JsonText.IsEmpty(property.Value)
                || (
                    name is { Length: > 0 }
                    && (
                        read.IsUsed(name, fields)
                        || Context.Contains(name)
                        || (NotCopied.Contains(name) && name != "items")
                        || IsSent(name, property.Value)
                    )
                );
            if (!isAccountedFor)
            {
                warnings.Add(Warning.PropertyNotSent);
                return;
            }
        }
    }

    private bool IsSent(string name, JsonPart value) =>
        _copies
        && IsScalar(value)
        && !NotCopied.Contains(name)
        && (!ReadByName.Contains(name) || (name == "content_type" && ContentType == JsonText.Of(value)));

    private void CopyProperties(JsonPart properties)
    {
        foreach (var property in properties.EnumerateObject())
        {
            if (
                IsScalar(property.Value)
                && JsonText.NameOf(property) is { } name
                && !NotCopied.Contains(name)
                && !ReadByName.Contains(name)
            )
            {
                Rest.Set(name, property.Value);
            }
        }
    }

    private static bool IsScalar(JsonPart value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private void MapStandard(FieldValues fields, MappingOptions options, Warnings warnings)
    {
        var items = fields.Element(Field.Products);
        Value = fields.Amount(Field.Value, warnings);
        HasUnreadableValue = Value is null && fields.Has(Field.Value);
        Currency = fields.Slice(Field.Currency).Or(options.DefaultCurrency);
        Contents = Products.Of(fields, ItemTable, warnings);
        ContentIds = Mapping.ContentIds.Of(fields, warnings);
        Rest.Set("content_name", fields.Text(Field.ContentName) ?? FirstOfItems(items, Field.ProductName));
        Rest.Set("content_category", fields.Text(Field.Category) ?? FirstOfItems(items, Field.Category));
        Rest.Set("status", fields.Text(Field.Status));
    }

    private static string? FirstOfItems(JsonPart items, Field field) =>
        Products
            .Each(items, ItemTable)
            .Select(item => Products.TextOf(item, ItemTable, field))
            .FirstOrDefault(text => text is not null);
}
