using System.Runtime.CompilerServices;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>One row of a file: the cells that mean something, by column.</summary>
internal sealed class FlatFileRow
{
    private Cells _cells;
    private List<CustomCell>? _custom;
    private List<JsonMember>? _other;
    private List<JsonPart>? _moreEmails;
    private List<JsonPart>? _morePhones;

    private FlatFileRow(JsonPart row) => Part = row;

    /// <summary>The row itself.</summary>
    public JsonPart Part { get; }

    /// <summary>The currency that the header of the value names.</summary>
    public string? HeaderCurrency { get; private set; }

    /// <summary>Whether the header of the time says that it is in UTC.</summary>
    public bool IsInUtc { get; private set; }

    /// <summary>Whether a cell says what became of the sale.</summary>
    public bool HasStatus { get; private set; }

    /// <summary>Whether such a cell says that it was cancelled, refunded or not paid.</summary>
    public bool IsNoSale { get; private set; }

    /// <summary>Whether there are cells that nothing uses.</summary>
    public bool HasUnused => _other is not null;

    /// <summary>The cells for <c>custom_data</c>.</summary>
    public IReadOnlyList<CustomCell> Custom => (IReadOnlyList<CustomCell>?)_custom ?? [];

    /// <summary>The cells that nothing uses.</summary>
    public IReadOnlyList<JsonMember> Other => (IReadOnlyList<JsonMember>?)_other ?? [];

    /// <summary>The cell of a column; undefined where it is empty.</summary>
    public JsonPart this[FlatFileColumn column] => _cells[(int)column].Value;

    /// <summary>All cells of a column that a table may have several times under the same header.</summary>
    public IEnumerable<string?> Texts(FlatFileColumn column) =>
        (column == FlatFileColumn.Email ? _moreEmails : _morePhones)?.Select(CellText.Of).Prepend(Text(column))
        ?? [Text(column)];

    /// <summary>
    /// Whether the cell of another row says what this row says: in the same column, or under the same header where
    /// another cell has won the column here.
    /// </summary>
    public bool Repeats(FlatFileRow other, FlatFileColumn column)
    {
        var cell = other._cells[(int)column].Member;
        return cell.Value.Utf8.SequenceEqual(this[column].Utf8)
            || Other.Any(own =>
                own.RawName.SequenceEqual(cell.RawName) && own.Value.Utf8.SequenceEqual(cell.Value.Utf8)
            );
    }

    /// <summary>Whether the column is about one product, and so may differ between the rows of an order.</summary>
    public static bool IsOfProduct(FlatFileColumn column) => column >= FlatFileColumn.ItemNumber;

    /// <summary>Whether the column has amounts of money.</summary>
    public static bool IsMoney(FlatFileColumn? column) =>
        column is FlatFileColumn.Value or FlatFileColumn.Price or FlatFileColumn.LineTotal;

    /// <summary>Reads an object of cells.</summary>
    public static FlatFileRow Read(JsonPart row, FlatFileColumns columns)
    {
        var read = new FlatFileRow(row);
        foreach (var member in row.EnumerateObject())
        {
            if (!JsonText.IsEmpty(member.Value))
            {
                read.Add(member, columns.Find(member));
            }
        }

        return read;
    }

    /// <summary>The text of a cell, without what a spreadsheet puts around it.</summary>
    public string? Text(FlatFileColumn column) => CellText.Of(this[column]);

    private void Add(JsonMember cell, ColumnMatch match)
    {
        if (match.Custom is { } name)
        {
            (_custom ??= []).Add(new CustomCell(name, cell.Value));
        }
        else if (match.Column is not { } column)
        {
            if (!match.IsLeftOut)
            {
                (_other ??= []).Add(cell);
                HasStatus |= match.Status != SaleStatusColumn.None;
                IsNoSale |= SaleStatus.IsNoSale(match.Status, cell.Value);
            }
        }
        else
        {
            Set(cell, CellText.Column(column, cell.Value), match);
        }
    }

    private void Set(JsonMember cell, FlatFileColumn column, ColumnMatch match)
    {
        ref var slot = ref _cells[(int)column];
        var isFirst = slot.Value.ValueKind == JsonValueKind.Undefined;
        if (!isFirst && slot.Rank == match.Rank && column is (FlatFileColumn.Email or FlatFileColumn.Phone))
        {
            var more = column == FlatFileColumn.Email ? _moreEmails ??= [] : _morePhones ??= [];
            more.Add(cell.Value);
            return;
        }

        if (!isFirst && slot.Rank <= match.Rank)
        {
            (_other ??= []).Add(cell);
            return;
        }

        if (!isFirst)
        {
            (_other ??= []).Add(slot.Member);
        }

        slot = new Cell(cell, match.Rank);
        IsInUtc |= match.IsUtc && column == FlatFileColumn.EventTime;
        HeaderCurrency = IsMoney(column) ? match.Currency ?? HeaderCurrency : HeaderCurrency;
    }

    private readonly record struct Cell(JsonMember Member, int Rank)
    {
        public JsonPart Value => Member.Value;
    }

    [InlineArray((int)FlatFileColumn.ProductName + 1)]
    private struct Cells
    {
        private Cell _first;
    }
}

/// <summary>A cell for <c>custom_data</c>.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct CustomCell(string Name, JsonPart Value);
