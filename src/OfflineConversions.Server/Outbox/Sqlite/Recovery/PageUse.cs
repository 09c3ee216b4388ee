using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// What each page of a database is used for. A free page may still hold rows that were deleted long ago, so it must not
/// be searched. Two records in the file say which pages are free: the list of free pages, and the pointer map of a file
/// with <c>auto_vacuum</c>. Each corrects damage in the other. Source: SQLite, "Database File Format", 1.5 and 1.8.
/// </summary>
internal sealed class PageUse
{
    private const int EntryBytes = 5;
    private const byte Free = 2;
    private const byte FirstOverflow = 3;
    private const byte LaterOverflow = 4;
    private const byte Child = 5;

    private readonly DatabasePages _pages;
    private readonly uint _pagesPerMap;
    private readonly uint _unusedPage;
    private readonly bool _hasMap;
    private readonly Dictionary<uint, byte[]?> _maps = [];
    private readonly HashSet<uint> _listed = [];
    private readonly bool _isListSound;
    private readonly Lazy<Dictionary<uint, uint>> _nextOverflow;

    public PageUse(DatabasePages pages)
    {
        _pages = pages;
        _pagesPerMap = (uint)(pages.PageBytes / EntryBytes) + 1;
        _unusedPage = (uint)(0x4000_0000 / pages.PageBytes) + 1;

        // Page 2 is the first map, and page 3 is the root of a table, which has no parent.
        _hasMap =
            (pages.Read(2) is [1, 0, 0, 0, 0, ..])
            || (pages.Read(1) is { } header && BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(52)) > 0);
        _isListSound = ReadList();
        _nextOverflow = new(FindOverflowChains);
    }

    /// <summary>Whether the page may hold rows: it is neither free nor part of a long row nor a map.</summary>
    public bool MayHoldRows(uint page) =>
        page != _unusedPage
        && !IsMap(page)
        && !IsFree(page)
        && (EntryOf(page).Kind is not (FirstOverflow or LaterOverflow) || IsLeaf(page));

    /// <summary>The page after a page of a long row; 0 after the last one.</summary>
    /// <param name="page">The page before.</param>
    /// <param name="stated">What the page says.</param>
    public uint NextOverflow(uint page, uint stated) =>
        !_hasMap || EntryOf(stated) == new Entry(LaterOverflow, page)
            ? stated
            : _nextOverflow.Value.GetValueOrDefault(page, stated);

    /// <summary>A page of a long row begins with the number of the next one, so with 0 in all but huge files.</summary>
    private bool IsLeaf(uint page) => _pages.Read(page) is [TreePage.TableLeaf or TreePage.IndexLeaf, ..];

    private bool IsFree(uint page)
    {
        var kind = EntryOf(page).Kind;
        return kind is >= 1 and <= Child
            ? kind == Free && (!_isListSound || _listed.Contains(page))
            : _listed.Contains(page);
    }

    private bool IsMap(uint page) => _hasMap && page >= 2 && MapOf(page) == page;

    private uint MapOf(uint page)
    {
        var map = ((page - 2) / _pagesPerMap * _pagesPerMap) + 2;
        return map == _unusedPage ? map + 1 : map;
    }

    private Entry EntryOf(uint page)
    {
        if (!_hasMap || page < 3 || page > _pages.Count)
        {
            return default;
        }

        var map = MapOf(page);
        if (page <= map)
        {
            return default;
        }

        if (!_maps.TryGetValue(map, out var bytes))
        {
            _maps.Add(map, bytes = _pages.Read(map));
        }

        var at = (int)(page - map - 1) * EntryBytes;
        return bytes is null || at + EntryBytes > bytes.Length
            ? default
            : new Entry(bytes[at], BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 1)));
    }

    /// <summary>Reads the list of free pages. False if it is damaged.</summary>
    private bool ReadList()
    {
        if (_pages.Read(1) is not { } header)
        {
            return false;
        }

        var trunk = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(32));
        var isSound = true;
        while (trunk != 0)
        {
            if (trunk > _pages.Count || !_listed.Add(trunk) || _pages.Read(trunk) is not { } page)
            {
                return false;
            }

            var leaves = BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(4));
            isSound &= leaves <= (page.Length / 4) - 2;
            for (var leaf = 0; leaf < leaves && leaf < (page.Length / 4) - 2; leaf++)
            {
                var free = BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(8 + (leaf * 4)));
                isSound &= free <= _pages.Count && _listed.Add(free);
            }

            trunk = BinaryPrimitives.ReadUInt32BigEndian(page);
        }

        return isSound
            && _listed.Count == BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(36))
            && (!_hasMap || _listed.All(free => EntryOf(free).Kind is Free or 0));
    }

    private Dictionary<uint, uint> FindOverflowChains()
    {
        var next = new Dictionary<uint, uint>();
        for (var page = 3u; page <= _pages.Count; page++)
        {
            if (EntryOf(page) is { Kind: LaterOverflow } entry)
            {
                next.TryAdd(entry.Parent, page);
            }
        }

        return next;
    }

    /// <summary>What the map says of a page. Zero: nothing.</summary>
    private readonly record struct Entry(byte Kind, uint Parent);
}
