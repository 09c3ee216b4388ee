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
    private readonly WalFile _wal;
    private readonly IReadOnlyList<WalFrame> _frames;
    private readonly Dictionary<uint, WalFrame> _latest = [];

    /// <param name="path">The database file.</param>
    /// <param name="wal">Its log, as it was before SQLite opened it.</param>
    /// <param name="view">Which frames of the log count.</param>
    public DatabasePages(string path, WalFile wal, WalView view = WalView.Committed)
    {
        _wal = wal;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        PageBytes = FindPageSize();
        _frames = view switch
        {
            WalView.WithIgnored => [.. wal.Frames, .. wal.Ignored],
            WalView.WithoutDoubtful => [.. wal.Frames.Where(frame => frame.IsValid)],
            _ => wal.Frames,
        };
        PageBytes = _frames.Count > 0 ? wal.PageBytes : PageBytes;
        foreach (var frame in _frames)
        {
            _latest[frame.Page] = frame;
        }

        Count = CountPages();
    }

    /// <summary>The size of a page.</summary>
    public int PageBytes { get; }

    /// <summary>Whether frames with a wrong checksum are among those that count.</summary>
    public bool IsDoubtful => _frames.Any(frame => !frame.IsValid);

    /// <summary>The number of pages. The first page has the number 1.</summary>
    public uint Count { get; }

    private uint PagesOfFile => (uint)((_file.Length + PageBytes - 1) / PageBytes);

    /// <summary>Whether SQLite supports pages of a size.</summary>
    public static bool IsPageSize(int bytes) => bytes is >= 512 and <= 65536 && BitOperations.IsPow2(bytes);

    /// <summary>
    /// A page; <see langword="null"/> beyond the end. What a truncated file no longer holds of its last page is zero.
    /// </summary>
    public byte[]? Read(uint number) =>
        _latest.TryGetValue(number, out var frame) ? _wal.PageOf(frame)
        : number <= Count ? ReadFile(number)
        : null;

    /// <summary>The page that a frame holds.</summary>
    public byte[] PageOf(WalFrame frame) => _wal.PageOf(frame);

    /// <summary>
    /// The pages in frames with a wrong checksum: their numbers may be what was damaged. Newest first.
    /// </summary>
    public IEnumerable<byte[]> Doubtful() => _frames.Reverse().Where(frame => !frame.IsValid).Select(PageOf);

    public void Dispose() => _file.Dispose();

    private uint CountPages()
    {
        var last = _frames.LastOrDefault(frame => frame.IsCommit);
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
        return last.IsCommit && last.DatabasePages <= possible ? last.DatabasePages : most;
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

/// <summary>Which frames of a write-ahead log count.</summary>
internal enum WalView
{
    /// <summary>Those up to the last commit that counts.</summary>
    Committed,

    /// <summary>
    /// Of these, those whose checksum is right. A frame with a wrong page number hides the page of that number.
    /// </summary>
    WithoutDoubtful,

    /// <summary>Those of a last commit that is not complete, too.</summary>
    WithIgnored,
}
