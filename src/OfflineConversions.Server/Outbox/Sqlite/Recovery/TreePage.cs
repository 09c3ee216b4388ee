using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The layout of one page of a tree: where its cells are, and whether every byte of it is accounted for. Source:
/// SQLite, "Database File Format", 1.6.
/// </summary>
internal sealed class TreePage
{
    /// <summary>The bytes before the cell pointers of a leaf.</summary>
    public const int LeafHeaderBytes = 8;

    /// <summary>The first byte of a page with entries of an index, or with rows without numbers.</summary>
    public const byte IndexLeaf = 10;

    /// <summary>The first byte of a page with rows that have numbers.</summary>
    public const byte TableLeaf = 13;

    private const byte IndexInterior = 2;
    private const byte TableInterior = 5;
    private const int LeastFreeBytes = 4;

    private TreePage(byte kind, List<int> cells, bool isSound) => (Kind, Cells, IsSound) = (kind, cells, isSound);

    /// <summary>Where rows begin.</summary>
    public IReadOnlyList<int> Cells { get; }

    /// <summary>Whether nothing contradicts the page's own list of its cells.</summary>
    public bool IsSound { get; }

    /// <summary>Whether its cells are rows. The inner pages of a table hold only numbers.</summary>
    public bool HasRows => Kind != TableInterior;

    /// <summary>Whether its rows have numbers.</summary>
    public bool IsTable => Kind is TableLeaf or TableInterior;

    private byte Kind { get; }

    /// <summary>Reads a page; <see langword="null"/> if it is of no known kind.</summary>
    public static TreePage? Read(byte[] page, int start)
    {
        var kind = page[start];
        if (kind is not (IndexInterior or TableInterior or IndexLeaf or TableLeaf))
        {
            return null;
        }

        var isInterior = kind is IndexInterior or TableInterior;
        var pointers = start + (isInterior ? LeafHeaderBytes + 4 : LeafHeaderBytes);
        var count = Number(page, start + 3);
        var content = Number(page, start + 5) is > 0 and var stated ? stated : 65536;
        var end = pointers + (2 * count);
        var used = new bool[page.Length];
        var isSound = end <= content && content <= page.Length;
        var cells = new List<int>(count);
        for (var index = 0; index < count && pointers + (2 * index) + 2 <= page.Length; index++)
        {
            var cell = Number(page, pointers + (2 * index));
            var bytes = cell < page.Length - 1 ? CellBytes(page, cell, kind) : -1;
            isSound &= bytes > 0 && cell >= content && Use(used, cell, Math.Max(bytes, LeastFreeBytes));
            if (bytes > 0)
            {
                cells.Add(cell + (isInterior ? 4 : 0));
            }
        }

        isSound = isSound && UseFreeBlocks(page, Number(page, start + 1), used);
        isSound = isSound && used.AsSpan(content).Count(false) == page[start + 7];
        return new TreePage(kind, cells, isSound);
    }

    /// <summary>How much of a row is on its page. The rest is on other pages.</summary>
    /// <param name="pageBytes">The size of a page.</param>
    /// <param name="bytes">The length of the row.</param>
    /// <param name="isTable">Whether the row has a number.</param>
    public static int LocalBytes(int pageBytes, long bytes, bool isTable)
    {
        var most = isTable ? pageBytes - 35 : ((pageBytes - 12) * 64 / 255) - 23;
        if (bytes <= most)
        {
            return (int)bytes;
        }

        var least = ((pageBytes - 12) * 32 / 255) - 23;
        var local = least + (int)((bytes - least) % (pageBytes - 4));
        return local <= most ? local : least;
    }

    private static int CellBytes(byte[] page, int cell, byte kind)
    {
        var at = cell + (kind is IndexInterior or TableInterior ? 4 : 0);
        if (at >= page.Length)
        {
            return -1;
        }

        if (kind == TableInterior)
        {
            return Varint.TryRead(page, ref at, out _) ? at - cell : -1;
        }

        if (
            !Varint.TryRead(page, ref at, out var bytes)
            || bytes is < 0 or > int.MaxValue
            || (kind == TableLeaf && !Varint.TryRead(page, ref at, out _))
        )
        {
            return -1;
        }

        var local = LocalBytes(page.Length, bytes, kind == TableLeaf);
        return at - cell + local + (local < bytes ? 4 : 0);
    }

    private static bool UseFreeBlocks(byte[] page, int block, bool[] used)
    {
        while (block != 0)
        {
            if (block + 4 > page.Length || !Use(used, block, Number(page, block + 2)))
            {
                return false;
            }

            block = Number(page, block);
        }

        return true;
    }

    /// <summary>Marks bytes as used. False if they are beyond the page, or used already.</summary>
    private static bool Use(bool[] used, int start, int count)
    {
        if (count < LeastFreeBytes || start + count > used.Length || used.AsSpan(start, count).Contains(true))
        {
            return false;
        }

        used.AsSpan(start, count).Fill(true);
        return true;
    }

    private static int Number(byte[] page, int at) => BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(at));
}
