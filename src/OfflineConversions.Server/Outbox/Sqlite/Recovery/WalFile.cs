using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The frames of a write-ahead log. SQLite ends a log silently before the first commit with a wrong checksum. If that
/// is the last commit, it is what a power cut leaves, and SQLite is right. If another commit follows, it is damage:
/// each commit is synced before the next one is written. Then all frames up to the last commit count. Source: SQLite,
/// "WAL-mode File Format".
/// </summary>
internal sealed class WalFile
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    /// <summary>The first bytes of a log; the last bit says that its checksums are big-endian.</summary>
    private const uint Magic = 0x377F0682;

    private readonly byte[] _bytes;
    private readonly bool _isBigEndian;
    private readonly bool _isHeaderSound;
    private readonly ulong _salts;

    private WalFile(byte[] bytes)
    {
        (_bytes, PageBytes) = (bytes, DatabasePages.UsualPageBytes);
        if (bytes.Length <= HeaderBytes)
        {
            (Frames, Ignored) = ([], []);
            return;
        }

        _isBigEndian = Number(0) == (Magic | 1);
        _isHeaderSound = (Number(0) & ~1u) == Magic && Checksum(default, bytes.AsSpan(0, 24)) == StoredAt(24);
        if (_isHeaderSound)
        {
            PageBytes =
                (int)Math.Min(Number(8), int.MaxValue) is var stated && DatabasePages.IsPageSize(stated)
                    ? stated
                    : PageBytes;
            _salts = Salts(16);
        }
        else
        {
            // The header was synced before any frame, so this is damage, and the frames have to say what it said.
            _isBigEndian = !BitConverter.IsLittleEndian;
            _salts = MostFrequentSalts();
        }

        var frames = ReadFrames();
        var sound = CountSound(frames);
        var committed = frames.FindLastIndex(frame => frame.IsCommit) + 1;
        IsDamaged =
            committed > sound
            && (!_isHeaderSound || frames.Take(committed).Skip(sound).Count(frame => frame.IsCommit) > 1);
        Frames = frames[..(IsDamaged ? committed : sound)];
        Ignored = IsDamaged ? [] : frames[sound..Math.Max(committed, CountContinued(frames, sound))];
    }

    /// <summary>The frames that count, in the order in which they were written.</summary>
    public IReadOnlyList<WalFrame> Frames { get; }

    /// <summary>
    /// The frames of the last commit, if SQLite ignores it because it is not complete. A power cut or a kill has
    /// interrupted it, and it was not acknowledged; or it was damaged later. The two cannot be distinguished.
    /// </summary>
    public IReadOnlyList<WalFrame> Ignored { get; }

    /// <summary>The size of a page.</summary>
    public int PageBytes { get; }

    /// <summary>Whether SQLite would lose commits that were synced.</summary>
    public bool IsDamaged { get; }

    /// <summary>
    /// Whether nothing is left of a log that had commits: it is empty, zeroed, overwritten or cut before the end of its
    /// first frame. A crash while a new round begins leaves none of its commits either, but a header, and frames of
    /// the round before, because a round is overwritten and never cut.
    /// </summary>
    public bool IsLost => Frames.Count == 0 && !(_isHeaderSound && Count > 0 && !IsZero(OffsetOf(0)));

    private int Count => Math.Max(0, (_bytes.Length - HeaderBytes) / (FrameHeaderBytes + PageBytes));

    /// <summary>Reads the log of a database file. One that does not exist is empty.</summary>
    public static WalFile Of(string path)
    {
        var log = path + "-wal";
        if (!File.Exists(log))
        {
            return new WalFile([]);
        }

        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new WalFile(bytes);
    }

    /// <summary>The page that a frame holds.</summary>
    public byte[] PageOf(WalFrame frame) => _bytes.AsSpan(frame.Offset + FrameHeaderBytes, PageBytes).ToArray();

    private List<WalFrame> ReadFrames()
    {
        var frames = new List<WalFrame>(Count);
        var synced = CountSynced();
        var (before, belongs) = (StoredAt(24), true);
        for (var index = 0; index < Count; index++)
        {
            var offset = OffsetOf(index);
            var stored = StoredAt(offset + 16);
            var isValid = ChecksumOf(offset, before) == stored;

            // Frames of earlier rounds have other salts. The checksum does not cover them, so a frame that continues
            // this round belongs to it although its salts are damaged. So does a frame before others that were synced
            // after it.
            belongs = index < synced || Salts(offset + 8) == _salts || (belongs && isValid);
            frames.Add(
                belongs
                    ? new WalFrame(Number(offset), Number(offset + 4), offset, isValid)
                    : new WalFrame(WalFrame.UnknownPage, 0, offset, IsValid: false)
            );
            before = stored;
        }

        return frames;
    }

    /// <summary>
    /// The frames up to the end of the last commit but one. It was synced before the last one was written, and a round
    /// begins at the first frame, so these are frames of this round whatever their heads say.
    /// </summary>
    private int CountSynced()
    {
        var ends = Enumerable
            .Range(0, Count)
            .Where(index => Salts(OffsetOf(index) + 8) == _salts && Number(OffsetOf(index) + 4) != 0)
            .TakeLast(2)
            .ToList();
        return ends.Count == 2 ? ends[0] + 1 : 0;
    }

    /// <summary>The number of frames that SQLite reads.</summary>
    private int CountSound(List<WalFrame> frames)
    {
        var sound = 0;
        for (var index = 0; _isHeaderSound && index < frames.Count; index++)
        {
            var frame = frames[index];
            if (!frame.IsValid || frame.Page == WalFrame.UnknownPage || Salts(frame.Offset + 8) != _salts)
            {
                break;
            }

            sound = frame.IsCommit ? index + 1 : sound;
        }

        return sound;
    }

    /// <summary>The number of frames up to the last one that continues the last commit.</summary>
    private static int CountContinued(List<WalFrame> frames, int committed)
    {
        var count = committed;
        while (count < frames.Count && frames[count].IsValid)
        {
            count++;
        }

        return count;
    }

    private ulong MostFrequentSalts() =>
        Enumerable
            .Range(0, Math.Min(Count, 5))
            .Select(index => Salts(OffsetOf(index) + 8))
            .Append(Salts(16))
            .GroupBy(salts => salts)
            .MaxBy(group => group.Count())!
            .Key;

    private bool IsZero(int frame) => !_bytes.AsSpan(frame, FrameHeaderBytes).ContainsAnyExcept((byte)0);

    private int OffsetOf(int index) => HeaderBytes + (index * (FrameHeaderBytes + PageBytes));

    private WalChecksum ChecksumOf(int offset, WalChecksum before)
    {
        var head = Checksum(before, _bytes.AsSpan(offset, 8));
        return Checksum(head, _bytes.AsSpan(offset + FrameHeaderBytes, PageBytes));
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
}

/// <summary>One page in a write-ahead log.</summary>
/// <param name="Page">The page's number.</param>
/// <param name="DatabasePages">For the last frame of a commit, the pages of the database; else 0.</param>
/// <param name="Offset">Where the frame begins in the log.</param>
/// <param name="IsValid">Whether its checksum is right. If not, some of its bytes have changed.</param>
internal readonly record struct WalFrame(uint Page, uint DatabasePages, int Offset, bool IsValid)
{
    /// <summary>The number of a page whose frame has lost it.</summary>
    public const uint UnknownPage = 0;

    /// <summary>Whether it ends a commit.</summary>
    public bool IsCommit => DatabasePages != 0;
}
