using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// The products of an order: <c>contents</c> as JSON, a list of numbers in one cell, or one product in each row.
/// </summary>
internal sealed class FlatFileProducts(char decimalSeparator)
{
    // Meta's own names, and those that exports of other programs have in the same place.
    private static readonly CompiledTable Table = new(
        Products
            .MetaContent.With(Field.ProductId, ["id", "product_id", "sku", "item_id", "productId"])
            .With(Field.Price, ["item_price", "price", "unit_price"]),
        ignoreCase: true
    );

    private static readonly char[] ListSeparators = [',', ';', '|', '\n'];

    /// <summary>The products that were sold.</summary>
    public List<Content> Of(FlatFileOrder order, Warnings warnings)
    {
        var contents = new List<Content>(order.Rows.Count);
        foreach (var row in order.Sold)
        {
            Add(contents, row, warnings);
        }

        return contents;
    }

    /// <summary>
    /// What the lines of an order without a value of its own come to; <see langword="null"/> if a line has no price.
    /// </summary>
    public Number? Sum(FlatFileOrder order, Warnings warnings)
    {
        var sum = 0m;
        foreach (var row in order.Sold)
        {
            var line = Amount(row, FlatFileColumn.LineTotal, warnings)?.ToDecimal();
            line ??=
                Amount(row, FlatFileColumn.Price, warnings)?.ToDecimal()
                * (Amount(row, FlatFileColumn.Quantity, warnings)?.ToDecimal() ?? 1);
            if (line is not { } amount || !TryAdd(ref sum, amount))
            {
                return null;
            }
        }

        return Number.Of(sum);
    }

    private void Add(List<Content> contents, FlatFileRow row, Warnings warnings)
    {
        var given = NestedJson.Of(row[FlatFileColumn.Contents]);
        if (given.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            contents.AddRange(Products.Read(Products.Each(given, Table), Table, warnings));
            return;
        }

        var ids = ListOf(row.Text(FlatFileColumn.Contents))
            ?? ListOf(row.Text(FlatFileColumn.ContentIds))
            ?? ListOf(row.Text(FlatFileColumn.ProductId))
            ?? ListOf(row.Text(FlatFileColumn.ItemNumber))
            ?? [];
        if (ids.Length > 1)
        {
            contents.AddRange(ids.Select(id => new Content(id, null, null, null, null)));
            return;
        }

        var hasProduct =
            ids.Length > 0
            || !JsonText.IsEmpty(row[FlatFileColumn.ProductName])
            || !JsonText.IsEmpty(row[FlatFileColumn.Quantity]);
        if (hasProduct && One(ids.FirstOrDefault(), row, warnings) is { } content)
        {
            contents.Add(content);
        }
    }

    private Content? One(string? id, FlatFileRow row, Warnings warnings)
    {
        var quantity = Amount(row, FlatFileColumn.Quantity, warnings);
        if (quantity is { IsNegative: true } or { IsZero: true })
        {
            warnings.Add(Warning.InvalidQuantity);
            return null;
        }

        var price = Amount(row, FlatFileColumn.Price, warnings);
        if (price is { IsNegative: true })
        {
            warnings.Add(Warning.InvalidNumber);
            price = null;
        }

        return new Content(id, quantity, price, row.Text(FlatFileColumn.Brand), row.Text(FlatFileColumn.Category));
    }

    private Number? Amount(FlatFileRow row, FlatFileColumn column, Warnings warnings)
    {
        var cell = row[column];
        if (JsonText.IsEmpty(cell))
        {
            return null;
        }

        var amount = FlatFileMoney.Read(cell, decimalSeparator);
        if (amount is null)
        {
            warnings.Add(Warning.InvalidNumber);
        }

        return amount;
    }

    private static string[]? ListOf(string? cell) =>
        cell?.Split(ListSeparators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 0 } ids
            ? ids
            : null;

    private static bool TryAdd(ref decimal sum, decimal amount)
    {
        const decimal Most = 1_000_000_000_000_000;
        sum += Math.Clamp(amount, -Most, Most);
        return amount is > -Most and < Most;
    }
}
