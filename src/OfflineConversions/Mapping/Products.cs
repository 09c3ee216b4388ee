using System.Text.Json;
using OfflineConversions.Conversions;

namespace OfflineConversions.Mapping;

/// <summary>A source's products, each read by the same table.</summary>
internal static class Products
{
    /// <summary>Reads a list of products, or a single one.</summary>
    public static List<Content> Read(JsonElement products, CompiledTable table, Warnings warnings)
    {
        var contents = new List<Content>();
        if (products.ValueKind == JsonValueKind.Object)
        {
            contents.Add(One(products, table, warnings));
        }
        else if (products.ValueKind == JsonValueKind.Array)
        {
            foreach (var product in products.EnumerateArray())
            {
                contents.Add(One(product, table, warnings));
            }
        }

        return contents;
    }

    private static Content One(JsonElement product, CompiledTable table, Warnings warnings)
    {
        var fields = table.Read(product);
        return new Content(
            fields.Text(Field.ProductId),
            fields.Number(Field.Quantity, warnings),
            fields.Number(Field.Price, warnings),
            fields.Text(Field.Brand),
            fields.Text(Field.ProductCategory)
        );
    }
}
