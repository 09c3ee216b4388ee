using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The frames of a write-ahead log up to its last commit. SQLite ends a log silently at the first frame whose checksum
/// is wrong: that is what a crash leaves. If commits follow the wrong frame, it is damage, and SQLite would lose them;
/// here the frames after it are read too. Source: SQLite, "WAL-mode File Format".
/// </summary>
internal sealed class WalFile
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    /// <summary>The first bytes of a log; the last bit says that its checksums are big-endian.</summary>
    private const uint Magic = 0x377F0682;

    private readonly byte[] _bytes;
    private readonly int _pageBytes;
    private bool _isBigEndian;
    private readonly ulong _salts;

    private WalFile(byte[] bytes, int pageBytes)
    {
        _bytes = bytes;
        _pageBytes = pageBytes;
        _isBigEndian = Number(0) == (Magic | 1);
        _isBigEndian ^= Count > 1 && !IsChained(1) && IsChainedOtherwise(1);
        var isSound = (Number(0) & ~1u) == Magic && Checksum(default, bytes.AsSpan(0, 24)) == StoredAt(24);
        var stated = (int)Math.Min(Number(8), int.MaxValue);
        _pageBytes = isSound && DatabasePages.IsPageSize(stated) ? stated : pageBytes;
        _salts = isSound || Count < 2 ? Salts(16) : MostFrequentSalts();
        Frames = ReadFrames(isSound);
    }

    /// <summary>The frames up to the last commit, in the order in which they were written.</summary>
    public IReadOnlyList<WalFrame> Frames { get; }

    /// <summary>The size of a page.</summary>
    public int PageBytes => _pageBytes;

    /// <summary>Whether SQLite would lose commits of this log.</summary>
    public bool IsDamaged { get; private set; }

    private int Count => Math.Max(0, (_bytes.Length - HeaderBytes) / (FrameHeaderBytes + _pageBytes));

    /// <summary>Reads a log; <see langword="null"/> if there is none.</summary>
    /// <param name="path">The log.</param>
    /// <param name="pageBytes">The size of a page if the log's header is damaged.</param>
    public static WalFile? Read(string path, int pageBytes)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.Length > HeaderBytes ? new WalFile(bytes, pageBytes) : null;
    }

    /// <summary>The page that a frame holds.</summary>
    public byte[] PageOf(WalFrame frame) => _bytes.AsSpan(frame.Offset + FrameHeaderBytes, _pageBytes).ToArray();

    private List<WalFrame> ReadFrames(bool isHeaderSound)
    {
        var frames = new List<WalFrame>();
        var repair = new FrameRepair(this);
        var seed = StoredAt(24);
        var (committed, soundCommitted, isSound, follows) = (0, 0, isHeaderSound, true);
        for (var index = 0; index < Count; index++)
        {
            var offset = OffsetOf(index);
            var computed = ChecksumOf(index, seed);
            var isChained =
                computed == StoredAt(offset + 16)
                || (index == 0 && ChecksumOf(0, Checksum(default, _bytes.AsSpan(0, 24))) == StoredAt(offset + 16));
            var isOurs = Salts(offset + 8) == _salts;
            isSound = isSound && isChained && isOurs;

            // Only the stored checksum is damaged if the next frame confirms the computed one.
            var isConfirmed =
                !isChained
                && index + 1 < Count
                && ChecksumOf(index + 1, computed) == StoredAt(OffsetOf(index + 1) + 16);
            var isValid = (isChained || isConfirmed) && (isOurs || follows);
            var repaired = isValid || !IsFollowed(index) ? null : repair.Find(index, seed);
            follows = isValid || isOurs || repaired is not null;
            seed = (isOurs ? null : repaired?.Checksum) ?? (isConfirmed ? computed : StoredAt(offset + 16));

            // A frame that is not recognised belongs to this round of the log only if a recognised one follows.
            var stated =
                follows && repaired is null
                    ? new WalFrame(Number(offset), Number(offset + 4), offset, isValid)
                    : new WalFrame(WalFrame.UnknownPage, 0, offset, IsValid: false);

            // The checksum is so weak that another page number can make up for a change of the content. If the stated
            // number is possible, both are.
            frames.Add(
                repaired is null ? stated
                : Number(offset) is > 0 and var page && page <= repair.Pages && isOurs
                    ? new WalFrame(page, Number(offset + 4), offset, IsValid: false) { Otherwise = repaired.Frame.Page }
                : repaired.Frame
            );
            if (frames[^1].IsCommit)
            {
                committed = frames.Count;
                soundCommitted = isSound ? frames.Count : soundCommitted;
            }
        }

        IsDamaged = committed > soundCommitted;
        frames.RemoveRange(committed, frames.Count - committed);
        return frames;
    }

    private bool IsFollowed(int index) => index + 1 < Count && Salts(OffsetOf(index + 1) + 8) == _salts;

    private bool IsChained(int index) =>
        ChecksumOf(index, StoredAt(OffsetOf(index - 1) + 16)) == StoredAt(OffsetOf(index) + 16);

    private bool IsChainedOtherwise(int index)
    {
        _isBigEndian = !_isBigEndian;
        var isChained = IsChained(index);
        _isBigEndian = !_isBigEndian;
        return isChained;
    }

    private ulong MostFrequentSalts() =>
        Enumerable
            .Range(0, Math.Min(Count, 5))
            .Select(index => Salts(OffsetOf(index) + 8))
            .Append(Salts(16))
            .GroupBy(salts => salts)
            .MaxBy(group => group.Count())!
            .Key;

    private int OffsetOf(int index) => HeaderBytes + (index * (FrameHeaderBytes + _pageBytes));

    private WalChecksum ChecksumOf(int index, WalChecksum seed)
    {
        var offset = OffsetOf(index);
        var head = Checksum(seed, _bytes.AsSpan(offset, 8));
        return Checksum(head, _bytes.AsSpan(offset + FrameHeaderBytes, _pageBytes));
    }

    private WalChecksum Checksum(WalChecksum seed, ReadOnlySpan<byte> bytes)
    {
        var (first, second) = (seed.First, seed.Second);
        for (var at = 0; at < bytes.Length; at += 8)
        {
            first += Word(bytes[at..]) + second;
            second += Word(bytes[(at + 4)..]) + first;
        }

        return new WalChecksum(first, second);
    }

    private uint Word(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private WalChecksum StoredAt(int offset) => new(Number(offset), Number(offset + 4));

    private ulong Salts(int offset) => BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(offset));

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));

    private readonly record struct WalChecksum(uint First, uint Second);

    /// <summary>A frame whose head is damaged, with the page number that its checksum proves.</summary>
    private sealed record RepairedFrame(WalFrame Frame, WalChecksum Checksum);

    /// <summary>Finds the page number of a frame with a damaged head: it makes the checksum right.</summary>
    private sealed class FrameRepair(WalFile wal)
    {
        /// <summary>A few seconds. A log with more damage than that is read as it is.</summary>
        private const int MostTries = 1_000_000;

        private readonly Lazy<uint> _pages = new(() =>
            Enumerable
                .Range(1, Math.Max(0, wal.Count - 1))
                .Where(index => wal.Salts(wal.OffsetOf(index) + 8) == wal._salts && wal.IsChained(index))
                .Select(index => Math.Max(wal.Number(wal.OffsetOf(index)), wal.Number(wal.OffsetOf(index) + 4)))
                .DefaultIfEmpty()
                .Max()
        );

        private int _tries;

        public uint Pages => _pages.Value;

        public RepairedFrame? Find(int index, WalChecksum seed)
        {
            var offset = wal.OffsetOf(index);
            var stated = wal.Number(offset + 4);
            for (var page = 1u; page <= _pages.Value && _tries < MostTries; page++)
            {
                if ((Try(index, seed, page, stated) ?? Try(index, seed, page, 0)) is { } repaired)
                {
                    return repaired;
                }
            }

            return null;
        }

        private RepairedFrame? Try(int index, WalChecksum seed, uint page, uint databasePages)
        {
            var offset = wal.OffsetOf(index);
            _tries++;
            Span<byte> head = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32BigEndian(head, page);
            BinaryPrimitives.WriteUInt32BigEndian(head[4..], databasePages);
            var content = wal._bytes.AsSpan(offset + FrameHeaderBytes, wal._pageBytes);
            var computed = wal.Checksum(wal.Checksum(seed, head), content);
            return
                computed == wal.StoredAt(offset + 16)
                || wal.ChecksumOf(index + 1, computed) == wal.StoredAt(wal.OffsetOf(index + 1) + 16)
                ? new RepairedFrame(new WalFrame(page, databasePages, offset, IsValid: true), computed)
                : null;
        }
    }
}

/// <summary>One page in a write-ahead log.</summary>
/// <param name="Page">The page's number.</param>
/// <param name="DatabasePages">For the last frame of a commit, the pages of the database; else 0.</param>
/// <param name="Offset">Where the frame begins in the log.</param>
/// <param name="IsValid">Whether its checksum is right. If not, some of its bytes have changed.</param>
internal readonly record struct WalFrame(uint Page, uint DatabasePages, int Offset, bool IsValid)
{
    /// <summary>What the page's number may be instead; 0 if there is no doubt.</summary>
    public uint Otherwise { get; init; }

    /// <summary>The number of a page whose frame has lost it.</summary>
    public const uint UnknownPage = 0;

    /// <summary>Whether it ends a commit.</summary>
    public bool IsCommit => DatabasePages != 0;
}
