using System.Text;

namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>Which events a change of the files may have touched.</summary>
internal sealed partial class IntactOutbox
{
    private const int Page = 4096;
    private const int Frame = Page + 24;

    /// <summary>
    /// The waiting events that a change may have touched: their names, the row around them, or the destination they are
    /// sent to.
    /// </summary>
    /// <param name="database">The changed database file.</param>
    /// <param name="wal">The changed WAL.</param>
    public IReadOnlySet<string> Touched(byte[] database, byte[] wal)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        AddTouched(Database, database, Covered(), touched);
        AddTouched(Wal, wal, [], touched);
        AddTouchedHeads(wal, touched);

        if (wal.Length < Wal.Length)
        {
            // Without the end of its last commit, a log is what a kill leaves in the middle of that commit.
            touched.UnionWith(Waiting.TakeLast(4));
        }

        // The events of one append are one chunk, with one checksum.
        var rounds = touched.Select(RoundOf).ToHashSet(StringComparer.Ordinal);
        return Waiting.Where(name => rounds.Contains(RoundOf(name))).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The pages of the database file of which the WAL has a later version.</summary>
    private HashSet<int> Covered() =>
        [
            .. Enumerable
                .Range(0, Math.Max(0, (Wal.Length - 32) / Frame))
                .Select(frame => (Wal[32 + (frame * Frame) + 2] << 8) + Wal[32 + (frame * Frame) + 3] - 1),
        ];

    private void AddTouched(byte[] before, byte[] after, HashSet<int> covered, HashSet<string> touched)
    {
        var (start, size, skip) = before == Wal ? (32, Frame, 24) : (0, Page, 0);
        for (var page = 0; start + ((page + 1) * size) <= before.Length; page++)
        {
            var at = start + (page * size) + skip;
            if (covered.Contains(page))
            {
                continue;
            }

            for (var offset = 0; offset < Page; offset++)
            {
                if (at + offset >= after.Length || before[at + offset] != after[at + offset])
                {
                    AddNear(before.AsSpan(at, Page), MarksAt(before, at), offset, touched);
                }
            }
        }
    }

    /// <summary>
    /// The number of a page in the WAL belongs to what is on the page. In the last commit, which may be one that a
    /// power cut interrupted, nothing counts of a page that is not intact. Whether it is, its frame and the checksum of
    /// the frame before it say.
    /// </summary>
    private void AddTouchedHeads(byte[] wal, HashSet<string> touched)
    {
        const int PageNumberBytes = 4;
        var frames = (Wal.Length - 32) / Frame;
        var commits = Enumerable.Range(0, Math.Max(0, frames)).Where(frame => IsCommit(frame)).TakeLast(2).ToArray();
        for (var frame = 0; frame < frames; frame++)
        {
            var isLastCommit = frame > commits[0];
            if (IsChanged(wal, frame, isLastCommit ? Frame : PageNumberBytes))
            {
                AddNames(frame, touched);
                if (isLastCommit && frame + 1 < frames)
                {
                    AddNames(frame + 1, touched);
                }
            }
        }
    }

    private bool IsCommit(int frame) =>
        !Wal.AsSpan(32 + (frame * Frame) + 4, 4).SequenceEqual<byte>([0, 0, 0, 0])
        && Wal.AsSpan(32 + (frame * Frame) + 8, 8).SequenceEqual(Wal.AsSpan(16, 8));

    private bool IsChanged(byte[] wal, int frame, int bytes)
    {
        var at = 32 + (frame * Frame);
        return at + bytes > wal.Length || !Wal.AsSpan(at, bytes).SequenceEqual(wal.AsSpan(at, bytes));
    }

    private void AddNames(int frame, HashSet<string> touched)
    {
        var at = 32 + (frame * Frame) + 24;
        for (var offset = 0; offset < Page; offset += 100)
        {
            AddNear(Wal.AsSpan(at, Page), MarksAt(Wal, at), offset, touched);
        }
    }

    /// <summary>A row has at most so many bytes before, between and after the names in it.</summary>
    private void AddNear(ReadOnlySpan<byte> page, string?[] marks, int offset, HashSet<string> touched)
    {
        const int Around = 200;
        var (start, end) = (Math.Max(0, offset - Around), Math.Min(Page, offset + Around));
        var near = page[start..end];
        touched.UnionWith(marks[start..end].OfType<string>());
        var isDestination = near.IndexOf("ConversionsApi"u8) >= 0;
        for (var at = 0; at + NameBytes <= near.Length; at++)
        {
            if (near[at] == 'e' && near[at + 5] == '.' && near[at + 10] == '_')
            {
                touched.Add(Encoding.ASCII.GetString(near.Slice(at, NameBytes)));
            }
        }

        if (isDestination)
        {
            touched.UnionWith(Waiting);
        }
    }

    /// <summary>The marks of a page. They are found once, however often the files are damaged.</summary>
    private string?[] MarksAt(byte[] file, int at)
    {
        var places = file == Wal ? _marksOfWal : _marksOfDatabase;
        if (!places.TryGetValue(at, out var marks))
        {
            places.Add(at, marks = _marks.Of(file.AsSpan(at, Page)));
        }

        return marks;
    }

    private static string RoundOf(string name) => name[..5];
}
