using System.Buffers.Binary;
using System.Numerics;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The pages of a database file as its last commit left them, read without SQLite: from the write-ahead log if it holds
/// the page, else from the file. Nothing in the file's header is trusted. Source: SQLite, "Database File Format".
/// </summary>
internal sealed class DatabasePages : IDisposable
{
    /// <summary>The size with which this program creates its files.</summary>
    public const int UsualPageBytes = 4096;

    private const int SampledPages = 200;

    private readonly FileStream _file;
    private readonly WalFile? _wal;
    private readonly Dictionary<uint, WalFrame> _latest = [];
    private readonly Dictionary<uint, List<WalFrame>> _earlier = [];

    /// <param name="path">The database file. Its log is beside it.</param>
    /// <param name="otherwise">Whether doubtful frames of the log belong to the other page that is possible.</param>
    public DatabasePages(string path, bool otherwise = false)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        PageBytes = FindPageSize();
        _wal = WalFile.Read(path + "-wal", PageBytes);
        PageBytes = _wal is { Frames.Count: > 0 } ? _wal.PageBytes : PageBytes;
        foreach (var frame in _wal?.Frames ?? [])
        {
            Add(otherwise && frame.Otherwise > 0 ? frame with { Page = frame.Otherwise, IsValid = true } : frame);
        }

        Count = CountPages();
    }

    /// <summary>The size of a page.</summary>
    public int PageBytes { get; }

    /// <summary>Whether the pages may be others: see the constructor.</summary>
    public bool IsAmbiguous => _wal?.Frames.Any(frame => frame.Otherwise > 0) == true;

    /// <summary>The number of pages. The first page has the number 1.</summary>
    public uint Count { get; }

    private uint PagesOfFile => (uint)((_file.Length + PageBytes - 1) / PageBytes);

    /// <summary>Whether SQLite supports pages of a size.</summary>
    public static bool IsPageSize(int bytes) => bytes is >= 512 and <= 65536 && BitOperations.IsPow2(bytes);

    /// <summary>
    /// A page; <see langword="null"/> beyond the end. What a truncated file no longer holds of its last page is zero.
    /// </summary>
    public byte[]? Read(uint number) =>
        _latest.TryGetValue(number, out var frame) ? _wal!.PageOf(frame)
        : number <= Count ? ReadFile(number)
        : null;

    /// <summary>
    /// Earlier versions of pages whose latest version in the log is damaged: the number of the page may be what was
    /// damaged. Newest first.
    /// </summary>
    public IEnumerable<byte[]> EarlierVersions()
    {
        if (_latest.TryGetValue(WalFrame.UnknownPage, out var unknown))
        {
            yield return _wal!.PageOf(unknown);
        }

        foreach (var number in _latest.Where(latest => !latest.Value.IsValid).Select(latest => latest.Key))
        {
            foreach (var frame in Enumerable.Reverse(_earlier.GetValueOrDefault(number) ?? []))
            {
                yield return _wal!.PageOf(frame);
            }

            if (number != WalFrame.UnknownPage && number <= PagesOfFile && ReadFile(number) is { } page)
            {
                yield return page;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private void Add(WalFrame frame)
    {
        if (_latest.TryGetValue(frame.Page, out var before))
        {
            if (!_earlier.TryGetValue(frame.Page, out var earlier))
            {
                _earlier.Add(frame.Page, earlier = []);
            }

            // A valid version replaces what was before; a damaged one may belong elsewhere.
            if (frame.IsValid && before.IsValid)
            {
                earlier.Clear();
            }

            earlier.Add(before);
        }

        _latest[frame.Page] = frame;
    }

    private uint CountPages()
    {
        if (_wal?.Frames is not [.., var last])
        {
            return PagesOfFile;
        }

        if (last.IsValid)
        {
            return last.DatabasePages;
        }

        // The number in a damaged commit may be what was damaged.
        var possible = PagesOfFile + (uint)_latest.Count;
        var most = Math.Max(
            PagesOfFile,
            _latest.Keys.Where(number => number <= possible).DefaultIfEmpty(PagesOfFile).Max()
        );
        return last.DatabasePages <= possible ? last.DatabasePages : most;
    }

    private byte[]? ReadFile(uint number)
    {
        var offset = (long)(number - 1) * PageBytes;
        if (offset >= _file.Length)
        {
            return null;
        }

        var page = new byte[PageBytes];
        _file.Position = offset;
        _ = _file.ReadAtLeast(page, PageBytes, throwOnEndOfStream: false);
        return page;
    }

    /// <summary>Of the header's size and the usual one, that which makes more pages begin as pages do.</summary>
    private int FindPageSize()
    {
        Span<byte> header = stackalloc byte[18];
        _ = _file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        var stated = (int)BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        stated = stated == 1 ? 65536 : stated;
        return !IsPageSize(stated) || Plausibility(stated) <= Plausibility(UsualPageBytes) ? UsualPageBytes : stated;
    }

    private double Plausibility(int pageBytes)
    {
        var (pages, plausible) = (0, 0);
        for (var offset = (long)pageBytes; offset < _file.Length && pages < SampledPages; offset += pageBytes)
        {
            _file.Position = offset;
            plausible += _file.ReadByte() is 0 or 1 or 2 or 5 or 10 or 13 ? 1 : 0;
            pages++;
        }

        return pages == 0 ? 0 : (double)plausible / pages;
    }
}
