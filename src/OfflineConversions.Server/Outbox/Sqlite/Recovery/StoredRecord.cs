using System.Text;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// One row as SQLite stores it: the types of its columns, then their values. Source: SQLite, "Database File Format",
/// 2.1.
/// </summary>
internal sealed class StoredRecord
{
    private const int MostColumns = 64;

    private readonly byte[] _payload;
    private readonly List<ColumnPlace> _columns;

    private StoredRecord(long rowId, byte[] payload, List<ColumnPlace> columns) =>
        (RowId, _payload, _columns) = (rowId, payload, columns);

    /// <summary>The row's number; 0 in a table without such numbers.</summary>
    public long RowId { get; }

    /// <summary>The number of stored columns. Columns that a later version added may be missing.</summary>
    public int Columns => _columns.Count;

    /// <summary>Whether all bytes of the row were found.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>
    /// Reads the types of the columns; <see langword="null"/> if they are not those of a row of this length.
    /// </summary>
    public static List<ColumnPlace>? ReadTypes(ReadOnlySpan<byte> start, long payloadBytes)
    {
        var at = 0;
        if (!Varint.TryRead(start, ref at, out var headerBytes) || headerBytes > start.Length || headerBytes < 2)
        {
            return null;
        }

        List<ColumnPlace>? columns = null; // Most places of a damaged page hold no row: they must cost nothing.
        var value = headerBytes;
        while (at < headerBytes)
        {
            if (
                columns?.Count == MostColumns
                || !Varint.TryRead(start[..(int)headerBytes], ref at, out var type)
                || type is < 0 or 10 or 11 or > int.MaxValue
            )
            {
                return null;
            }

            var place = new ColumnPlace((int)type, value);
            value += place.Bytes;
            if (value > payloadBytes)
            {
                return null;
            }

            (columns ??= []).Add(place);
        }

        return value == payloadBytes ? columns : null;
    }

    /// <summary>A row whose types are known.</summary>
    public static StoredRecord Of(long rowId, byte[] payload, List<ColumnPlace> columns, bool isComplete) =>
        new(rowId, payload, columns) { IsComplete = isComplete };

    /// <summary>Whether a column is empty.</summary>
    public bool IsNull(int column) => _columns[column].Type == 0;

    /// <summary>A number.</summary>
    public long Integer(int column)
    {
        var place = _columns[column];
        if (place.Type is 8 or 9)
        {
            return place.Type - 8;
        }

        var number = 0L;
        foreach (var part in ValueOf(place))
        {
            number = (number << 8) | part;
        }

        var unused = 64 - (8 * place.Bytes);
        return place.Bytes is > 0 and < 8 ? number << unused >> unused : number;
    }

    /// <summary>Bytes.</summary>
    public ReadOnlySpan<byte> Blob(int column) => ValueOf(_columns[column]);

    /// <summary>Text.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(ValueOf(_columns[column]));

    /// <summary>Binds a column to a parameter.</summary>
    public void BindTo(Statement statement, int parameter, int column)
    {
        switch (_columns[column].Kind)
        {
            case StoredKind.Null:
                statement.Bind(parameter, (string?)null);
                break;
            case StoredKind.Integer:
                statement.Bind(parameter, Integer(column));
                break;
            case StoredKind.Text:
                statement.Bind(parameter, Text(column));
                break;
            default:
                statement.Bind(parameter, Blob(column));
                break;
        }
    }

    private ReadOnlySpan<byte> ValueOf(ColumnPlace place) => _payload.AsSpan((int)place.Start, place.Bytes);
}

/// <summary>Where a column's value is in its row.</summary>
/// <param name="Type">SQLite's serial type.</param>
/// <param name="Start">Where the value begins.</param>
internal readonly record struct ColumnPlace(int Type, long Start)
{
    /// <summary>The length of the value.</summary>
    public int Bytes =>
        Type switch
        {
            0 or 8 or 9 => 0,
            5 => 6,
            6 or 7 => 8,
            < 5 => Type,
            _ => (Type - 12) / 2,
        };

    /// <summary>What kind of value it is.</summary>
    public StoredKind Kind =>
        Type switch
        {
            0 => StoredKind.Null,
            7 => StoredKind.Real,
            < 10 => StoredKind.Integer,
            _ => Type % 2 == 0 ? StoredKind.Blob : StoredKind.Text,
        };
}

/// <summary>The kinds of stored values.</summary>
internal enum StoredKind
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A floating-point number. No table of this program has one.</summary>
    Real,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Blob,
}

/// <summary>SQLite's numbers of variable length: one to nine bytes.</summary>
internal static class Varint
{
    /// <summary>Reads one, and moves on to what follows it. False at the end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        value = 0;
        for (var place = 0; place < 9; place++)
        {
            if (at >= bytes.Length)
            {
                return false;
            }

            var next = bytes[at++];
            if (place == 8)
            {
                value = (value << 8) | next;
                return true;
            }

            value = (value << 7) | (uint)(next & 0x7F);
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
