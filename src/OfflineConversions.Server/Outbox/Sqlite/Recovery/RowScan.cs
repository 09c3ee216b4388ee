using System.Buffers.Binary;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Finds the rows of a damaged database on its pages, without its trees and without its schema: damage costs at most
/// the rows that it touches. On an intact page the rows are where the page says; on a damaged one each offset is tried.
/// What is found is not trusted here: its reader checks the checksum.
/// </summary>
internal sealed class RowScan(DatabasePages pages, IReadOnlyList<TableShape> shapes)
{
    private const int FileHeaderBytes = 100;

    private readonly PageUse _use = new(pages);

    /// <summary>All rows of the database, in the order of its pages, and then those of misplaced pages.</summary>
    public IEnumerable<FoundRow> Rows()
    {
        for (var number = 1u; number <= pages.Count; number++)
        {
            if (_use.MayHoldRows(number) && pages.Read(number) is { } page)
            {
                foreach (var row in RowsOf(page, number == 1 ? FileHeaderBytes : 0))
                {
                    yield return row;
                }
            }
        }

        foreach (var page in pages.Doubtful())
        {
            foreach (var row in RowsOf(page))
            {
                yield return row;
            }
        }
    }

    /// <summary>The rows on a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="start">Where it begins, which is behind the file's header on the first page.</param>
    public List<FoundRow> RowsOf(byte[] page, int start = 0)
    {
        var found = new List<FoundRow>();
        var tree = TreePage.Read(page, start);
        if (tree is { HasRows: true })
        {
            found.AddRange(tree.Cells.Select(cell => ReadRow(page, cell, tree.IsTable)).OfType<FoundRow>());
        }

        if (tree is not { IsSound: true })
        {
            Search(page, start, found);
        }

        return found;
    }

    private void Search(byte[] page, int start, List<FoundRow> found)
    {
        for (var offset = start + TreePage.LeafHeaderBytes; offset < page.Length - 4; offset++)
        {
            if ((ReadRow(page, offset, isTable: true) ?? ReadRow(page, offset, isTable: false)) is { } row)
            {
                found.Add(row);
            }
        }
    }

    /// <summary>The row at a place of a page; <see langword="null"/> if no row of a known table is there.</summary>
    private FoundRow? ReadRow(byte[] page, int offset, bool isTable)
    {
        var (at, rowId) = (offset, 0L);
        if (
            !Varint.TryRead(page, ref at, out var bytes)
            || bytes < 2
            || bytes > (long)pages.Count * pages.PageBytes
            || bytes > int.MaxValue
            || (isTable && !Varint.TryRead(page, ref at, out rowId))
        )
        {
            return null;
        }

        var local = TreePage.LocalBytes(page.Length, bytes, isTable);
        if (
            at + local > page.Length
            || StoredRecord.ReadTypes(page.AsSpan(at, local), bytes) is not { } columns
            || shapes.FirstOrDefault(known => known.Matches(columns, isTable)) is not { } shape
        )
        {
            return null;
        }

        var payload = new byte[bytes];
        page.AsSpan(at, local).CopyTo(payload);
        var isComplete = local == bytes || ReadOverflow(page, at + local, payload.AsSpan(local));
        return new FoundRow(shape, StoredRecord.Of(rowId, payload, columns, isComplete));
    }

    private bool ReadOverflow(byte[] page, int at, Span<byte> rest)
    {
        var next = at + 4 <= page.Length ? BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(at)) : 0;
        var (read, seen) = (0, new HashSet<uint>());
        while (read < rest.Length)
        {
            if (next == 0 || !seen.Add(next) || pages.Read(next) is not { } overflow)
            {
                return false;
            }

            var part = overflow.AsSpan(4, Math.Min(overflow.Length - 4, rest.Length - read));
            part.CopyTo(rest[read..]);
            read += part.Length;
            next = _use.NextOverflow(next, BinaryPrimitives.ReadUInt32BigEndian(overflow));
        }

        return true;
    }
}

/// <summary>A row that looks like one of a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Record">The row.</param>
internal sealed record FoundRow(TableShape Table, StoredRecord Record)
{
    /// <summary>A number; 0 in a row of a version without the column.</summary>
    public long Integer(string column) =>
        Table.IndexOf(column) is var place && place < Record.Columns ? Record.Integer(place) : 0;

    /// <summary>The bytes of a column that every version has.</summary>
    public byte[] Blob(string column) => Record.Blob(Table.IndexOf(column)).ToArray();

    /// <summary>The destination that a row of <c>destinations</c> describes.</summary>
    public StoredDestination Destination()
    {
        var tag = Table.IndexOf("upload_tag");
        return new StoredDestination(
            Record.Text(Table.IndexOf("connection")),
            Record.Text(Table.IndexOf("api")),
            Record.Text(Table.IndexOf("dataset")),
            tag >= Record.Columns || Record.IsNull(tag) ? null : Record.Text(tag)
        );
    }
}
