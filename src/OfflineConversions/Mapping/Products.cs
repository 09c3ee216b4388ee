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
    public static PooledList<Content> Of(FieldValues fields, CompiledTable table, Warnings warnings) =>
        In(fields, Field.Products, table, warnings) ?? InMetaShape(fields, warnings) ?? [];

    /// <summary><c>contents</c> in Meta's own shape; <see langword="null"/> if there is no product in it.</summary>
    public static PooledList<Content>? InMetaShape(FieldValues fields, Warnings warnings) =>
        In(fields, Field.Contents, MetaTable, warnings);

    /// <summary>The products of a field; <see langword="null"/> if there is none in it.</summary>
    public static PooledList<Content>? In(FieldValues fields, Field field, CompiledTable table, Warnings warnings)
    {
        var given = NestedJson.Of(fields.Element(field));
        if (given is not { ValueKind: JsonValueKind.Array, HasNoParts: false })
        {
            return Each(given, table) is { Count: > 0 } products ? Use(Read(products, table, warnings)) : null;
        }

        // Nearly always.
        var contents = new PooledList<Content>();
        foreach (var product in given.EnumerateArray())
        {
            Add(contents, NestedJson.Of(product), table, warnings);
        }

        return Use(contents);

        PooledList<Content> Use(PooledList<Content> read)
        {
            fields.Use(field);
            return read;
        }
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
    public static PooledList<Content> ReadMeta(JsonPart contents, Warnings warnings) =>
        Read(Each(contents, MetaTable), MetaTable, warnings);

    /// <summary>Reads products that <see cref="Each"/> has found.</summary>
    public static PooledList<Content> Read(List<JsonPart> products, CompiledTable table, Warnings warnings)
    {
        var contents = new PooledList<Content>();
        foreach (var product in products)
        {
            Add(contents, product, table, warnings);
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

    private static void Add(PooledList<Content> contents, JsonPart product, CompiledTable table, Warnings warnings)
    {
        if (One(product, table, warnings) is { } content)
        {
            contents.Add(content);
        }
    }

    private static Content? One(JsonPart product, CompiledTable table, Warnings warnings)
    {
        if (product.ValueKind == JsonValueKind.Undefined)
        {
            return default(Content);
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
            fields.Slice(Field.ProductId),
            quantity,
            price,
            fields.Slice(Field.Brand),
            fields.Slice(Field.ProductCategory)
        );
    }
}
