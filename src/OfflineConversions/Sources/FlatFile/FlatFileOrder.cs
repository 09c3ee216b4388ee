using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// The rows of one order: those that follow each other, have the same order id, and differ only in the columns of
/// products. What later rows leave empty counts as equal, because many shops write the order only into its first row.
/// </summary>
internal sealed class FlatFileOrder
{
    /// <summary>More rows than that are another event, so that no file can collect all its rows in one.</summary>
    public const int MostRows = 1000;

    private static readonly FlatFileColumn[] OfOrder =
    [
        .. Enum.GetValues<FlatFileColumn>().Where(column => !FlatFileRow.IsOfProduct(column)),
    ];

    private static readonly FlatFileColumn[] OfProduct =
    [
        .. Enum.GetValues<FlatFileColumn>().Where(FlatFileRow.IsOfProduct),
    ];

    private readonly List<FlatFileRow> _rows = new(1);
    private readonly string? _orderId;

    public FlatFileOrder(FlatFileRow first)
    {
        _rows.Add(first);
        _orderId = first.Text(FlatFileColumn.OrderId);
    }

    /// <summary>The first row, which has everything that is not about one product.</summary>
    public FlatFileRow First => _rows[0];

    /// <summary>All rows.</summary>
    public IReadOnlyList<FlatFileRow> Rows => _rows;

    /// <summary>The rows whose product was sold: all, except cancelled lines of an order that is a sale.</summary>
    public IEnumerable<FlatFileRow> Sold => IsNoSale ? _rows : _rows.Where(row => !row.IsNoSale);

    /// <summary>Whether the order was cancelled or refunded, in all rows that say anything about it.</summary>
    public bool IsNoSale => First.IsNoSale && _rows.All(row => row.IsNoSale || !row.HasStatus);

    /// <summary>Adds the row if it belongs to the order.</summary>
    public bool TryAdd(FlatFileRow row)
    {
        if (
            _orderId is null
            || _rows.Count == MostRows
            || row.Text(FlatFileColumn.OrderId) != _orderId
            || !HasSameOrder(row)
            || (_rows.Count == 1 && HasSameProduct(row))
        )
        {
            return false;
        }

        _rows.Add(row);
        return true;
    }

    private bool HasSameOrder(FlatFileRow row)
    {
        foreach (var column in OfOrder)
        {
            if (!JsonText.IsEmpty(row[column]) && !First.Repeats(row, column))
            {
                return false;
            }
        }

        return row.Custom.All(cell =>
            First.Custom.Any(first => first.Name == cell.Name && first.Value.Utf8.SequenceEqual(cell.Value.Utf8))
        );
    }

    // A second row that repeats the first one is that row again, not a second product.
    private bool HasSameProduct(FlatFileRow row)
    {
        foreach (var column in OfProduct)
        {
            if (!row[column].Utf8.SequenceEqual(First[column].Utf8))
            {
                return false;
            }
        }

        return true;
    }
}
