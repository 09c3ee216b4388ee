using System.Text.Json;
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

    private readonly JsonElement _properties;
    private readonly HashSet<string> _consumed = new(StringComparer.Ordinal)
    {
        "currency",
        "products",
        "product_id",
        "productId",
        "fbc",
        "fbp",
        "email",
    };

    /// <summary>Reads the properties of an event.</summary>
    public SegmentProperties(string eventName, FieldValues fields, SegmentOptions settings, Warnings warnings)
    {
        _properties = fields.Element(Field.Properties);
        var valueNames = SegmentFields.Value(eventName, settings.ValueFieldIdentifier);
        _consumed.UnionWith(valueNames.Take(1));
        Value = ReadValue(valueNames, warnings);
        Contents = ReadContents(fields, warnings);
        var ids = Contents.Select(content => content.Id).OfType<string>().Distinct(StringComparer.Ordinal);
        ContentType = "product";
        if (eventName == SegmentEventNames.ProductListViewed)
        {
            _consumed.Add("category");
            ContentType = "product_group";
            ids = JsonText.All(fields.Element(Field.Category));
        }

        ContentIds = ids.ToArray();
    }

    /// <summary>The value, if the event has one.</summary>
    public Number? Value { get; }

    /// <summary>product, for Product List Viewed product_group.</summary>
    public string ContentType { get; }

    /// <summary>The products' ids, for Product List Viewed the category.</summary>
    public string[] ContentIds { get; }

    /// <summary>The products of the list, else the single one.</summary>
    public List<Content> Contents { get; }

    /// <summary>Copies every property that was not consumed.</summary>
    public void CopyRest(CustomData customData) => customData.CopyFrom(_properties, _consumed);

    private Number? ReadValue(IEnumerable<string> names, Warnings warnings)
    {
        foreach (var name in names)
        {
            var element = JsonText.Member(_properties, name);
            if ((Number.Read(element) ?? Dollars(element)) is { } number)
            {
                _consumed.Add(name);
                return number;
            }

            if (JsonText.Of(element) is not null)
            {
                warnings.Add(Warning.InvalidNumber);
            }
        }

        return null;
    }

    // Segment's own accessor strips a leading dollar sign.
    private static Number? Dollars(JsonElement element) =>
        JsonText.Of(element) is { } text && text.StartsWith('$') ? Number.Parse(text[1..]) : null;

    private List<Content> ReadContents(FieldValues fields, Warnings warnings)
    {
        var products = fields.Element(Field.Products);
        if (products.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            return Products.Read(products, ProductTable, warnings);
        }

        return fields.Text(Field.ProductId) is null ? [] : Products.Read(_properties, ProductTable, warnings);
    }
}
