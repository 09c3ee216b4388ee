using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>
/// A source's products, each read by the same table. They arrive as a list, as an object with a product under each key,
/// as a single product, or as any of these in text.
/// </summary>
internal static class Products
{
    /// <summary>
    /// Products in Meta's own words. Source: Meta, "Custom Data Parameters", contents; the offline-events shape names
    /// the price <c>price</c>.
    /// </summary>
    public static FieldTable MetaContent { get; } =
        new()
        {
            [Field.ProductId] = ["id"],
            [Field.Quantity] = ["quantity"],
            [Field.Price] = ["item_price", "price"],
            [Field.Brand] = ["brand"],
            [Field.ProductCategory] = ["category"],
        };

    private static readonly CompiledTable MetaTable = new(MetaContent);

    /// <summary>
    /// The products of a sale: those of the source's own field, else <c>contents</c> in Meta's own shape.
    /// </summary>
    public static List<Content> Of(FieldValues fields, CompiledTable table, Warnings warnings) =>
        In(fields, Field.Products, table, warnings) ?? InMetaShape(fields, warnings) ?? [];

    /// <summary><c>contents</c> in Meta's own shape; <see langword="null"/> if there is no product in it.</summary>
    public static List<Content>? InMetaShape(FieldValues fields, Warnings warnings) =>
        In(fields, Field.Contents, MetaTable, warnings);

    /// <summary>The products of a field; <see langword="null"/> if there is none in it.</summary>
    public static List<Content>? In(FieldValues fields, Field field, CompiledTable table, Warnings warnings)
    {
        var products = Each(fields.Element(field), table);
        if (products.Count == 0)
        {
            return null;
        }

        fields.Use(field);
        return Read(products, table, warnings);
    }

    /// <summary>The JSON of each product, without those that are no objects.</summary>
    public static List<JsonPart> Each(JsonPart products, CompiledTable table)
    {
        var given = NestedJson.Of(products);
        var each = new List<JsonPart>(4);
        if (given.ValueKind == JsonValueKind.Array)
        {
            foreach (var product in given.EnumerateArray())
            {
                each.Add(NestedJson.Of(product));
            }
        }
        else if (given.ValueKind == JsonValueKind.Object)
        {
            if (IsKeyed(given, table))
            {
                foreach (var member in given.EnumerateObject())
                {
                    each.Add(member.Value);
                }
            }
            else
            {
                each.Add(given);
            }
        }

        return each;
    }

    /// <summary>Reads <c>contents</c> in Meta's own shape.</summary>
    public static List<Content> ReadMeta(JsonPart contents, Warnings warnings) =>
        Read(Each(contents, MetaTable), MetaTable, warnings);

    /// <summary>Reads products that <see cref="Each"/> has found.</summary>
    public static List<Content> Read(List<JsonPart> products, CompiledTable table, Warnings warnings)
    {
        var contents = new List<Content>(products.Count);
        foreach (var product in products)
        {
            if (One(product, table, warnings) is { } content)
            {
                contents.Add(content);
            }
        }

        return contents;
    }

    /// <summary>
    /// One field of a product. What else the table reads is forgotten at once, because an event can have a hundred
    /// thousand products.
    /// </summary>
    public static string? TextOf(JsonPart product, CompiledTable table, Field field)
    {
        if (product.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        var scratch = product.Tree.Scratch;
        var mark = scratch.Count;
        var text = table.Read(product).Text(field);
        scratch.GoBack(mark);
        return text;
    }

    // PHP writes lists with gaps as objects, and some shops key their products by id.
    private static bool IsKeyed(JsonPart given, CompiledTable table)
    {
        foreach (var member in given.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }
        }

        return TextOf(given, table, Field.ProductId) is null;
    }

    private static Content? One(JsonPart product, CompiledTable table, Warnings warnings)
    {
        if (product.ValueKind == JsonValueKind.Undefined)
        {
            return new Content(Id: null, Quantity: null, Price: null, Brand: null, Category: null);
        }

        var scratch = product.Tree.Scratch;
        var mark = scratch.Count;
        var content = One(table.Read(product), warnings);
        scratch.GoBack(mark);
        return content;
    }

    private static Content? One(FieldValues fields, Warnings warnings)
    {
        var quantity = fields.Amount(Field.Quantity, warnings);
        if (quantity is { IsNegative: true } or { IsZero: true })
        {
            warnings.Add(Warning.InvalidQuantity);
            return null;
        }

        var price = fields.Amount(Field.Price, warnings);
        if (price is { IsNegative: true })
        {
            warnings.Add(Warning.InvalidNumber);
            price = null;
        }

        return new Content(
            fields.Text(Field.ProductId),
            quantity,
            price,
            fields.Text(Field.Brand),
            fields.Text(Field.ProductCategory)
        );
    }
}
