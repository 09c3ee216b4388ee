using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.Segment;

/// <summary>
/// The properties of a Segment event: the value, the products, and everything else.
/// </summary>
internal sealed class SegmentProperties
{
    private static readonly CompiledTable ProductTable = new(SegmentFields.Product);
    private static readonly CompiledTable SingleProductTable = new(SegmentFields.SingleProduct);
    private static readonly string[] IdsOfSingleProduct = ["sku", "id"];

    private readonly string _eventName;
    private readonly FieldValues _fields;
    private readonly JsonPart _properties;
    private readonly List<string> _alsoUsed = [];

    /// <summary>Reads the properties of an event.</summary>
    public SegmentProperties(string eventName, FieldValues fields, SegmentOptions settings, Warnings warnings)
    {
        _eventName = eventName;
        _fields = fields;
        _properties = fields.Element(Field.Properties);
        Value = ReadValue(SegmentFields.Value(eventName, settings.ValueFieldIdentifier), warnings);
        Contents = Products.In(fields, Field.Products, ProductTable, warnings)
            ?? SingleProduct(warnings)
            ?? Products.InMetaShape(fields, warnings)
            ?? [];
        ContentType = "product";
        ContentIds = [.. Contents.Select(content => content.Id.Text).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (eventName == SegmentEventNames.ProductListViewed)
        {
            _alsoUsed.Add("category");
            ContentType = "product_group";
            ContentIds = [.. JsonText.All(fields.Element(Field.Category))];
        }

        ContentIds = ContentIds.Length > 0 ? ContentIds : Mapping.ContentIds.Of(fields, warnings);
    }

    /// <summary>The value, if the event has one.</summary>
    public Number? Value { get; }

    /// <summary>Whether the event has a value that cannot be read.</summary>
    public bool HasUnreadableValue { get; private set; }

    /// <summary>product, for Product List Viewed product_group.</summary>
    public string ContentType { get; }

    /// <summary>The products' ids, for Product List Viewed the category.</summary>
    public string[] ContentIds { get; }

    /// <summary>The products of the list, else the single one.</summary>
    public PooledList<Content> Contents { get; }

    /// <summary>Copies every property that was not used, and notes those that are not sent either.</summary>
    public void CopyRest(FreeProperties free, CustomData customData, Warnings warnings) =>
        free.Copy(_properties, _fields, customData, warnings, _alsoUsed);

    private Number? ReadValue(IEnumerable<string> names, Warnings warnings)
    {
        foreach (var name in names)
        {
            var element = JsonText.Member(_properties, name);
            if (JsonText.IsEmpty(element))
            {
                continue;
            }

            // One that cannot be read is noted here, and so is accounted for.
            _alsoUsed.Add(name);
            if (MoneyText.Read(element) is { } number)
            {
                HasUnreadableValue = false;
                return number;
            }

            HasUnreadableValue = true;
            warnings.Add(Warning.InvalidNumber);
        }

        return null;
    }

    private PooledList<Content>? SingleProduct(Warnings warnings)
    {
        var table = SegmentEventNames.OfOneProduct.Contains(_eventName) ? ProductTable : SingleProductTable;
        if (Products.TextOf(_properties, table, Field.ProductId) is not { } id)
        {
            return null;
        }

        if (_fields.Text(Field.ProductId) is null)
        {
            _alsoUsed.AddRange(IdsOfSingleProduct.Where(name => JsonText.Of(JsonText.Member(_properties, name)) == id));
        }

        return Products.Read([_properties], table, warnings);
    }
}
