using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The trace links of a chunk of <see cref="ChunkFormat.TracedVersion"/>, at its end. One entry serves all events up to
/// the next one, because events of one post are next to each other. Numbers are little-endian:
/// <code>
/// per change: first event 4, trace 16, span 8 (zeros: no link) | changes 4
/// </code>
/// A chunk whose events have no link is of <see cref="ChunkFormat.Version"/> and has none of this.
/// </summary>
internal sealed class ChunkTraces
{
    private const int TraceBytes = 16;
    private const int SpanBytes = 8;
    private const int ChangeBytes = sizeof(int) + TraceBytes + SpanBytes;

    private readonly List<Change> _changes = [];
    private TraceLink? _last;

    /// <summary>Whether any event has a link.</summary>
    public bool Any => _changes.Count > 0;

    /// <summary>Notes the link of the next event.</summary>
    public void Add(int index, TraceLink? link)
    {
        if (link != _last)
        {
            _changes.Add(new Change(index, link));
            _last = link;
        }
    }

    public void Write(ArrayBufferWriter<byte> chunk)
    {
        foreach (var (first, link) in _changes)
        {
            var change = chunk.GetSpan(ChangeBytes)[..ChangeBytes];
            change.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(change, first);
            link?.TraceId.CopyTo(change.Slice(sizeof(int), TraceBytes));
            link?.SpanId.CopyTo(change[(sizeof(int) + TraceBytes)..]);
            chunk.Advance(ChangeBytes);
        }

        BinaryPrimitives.WriteInt32LittleEndian(chunk.GetSpan(sizeof(int)), _changes.Count);
        chunk.Advance(sizeof(int));
    }

    public void Clear()
    {
        _changes.Clear();
        _last = null;
    }

    /// <summary>How many bytes the links take at the end of a chunk; -1 if they do not fit into it.</summary>
    public static int Length(ReadOnlySpan<byte> chunk)
    {
        var changes = chunk.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(chunk[^sizeof(int)..]);
        var length = sizeof(int) + ((long)changes * ChangeBytes);
        return changes > 0 && length <= chunk.Length ? (int)length : -1;
    }

    /// <summary>Gives events their links.</summary>
    /// <returns>Whether the links were readable.</returns>
    public static bool TryApply(ReadOnlySpan<byte> links, Span<StoredEvent> events)
    {
        var next = events.Length;
        for (var at = links.Length - sizeof(int) - ChangeBytes; at >= 0; at -= ChangeBytes)
        {
            var first = BinaryPrimitives.ReadInt32LittleEndian(links[at..]);
            if (first < 0 || first >= next)
            {
                return false;
            }

            var link = Read(links.Slice(at + sizeof(int), TraceBytes + SpanBytes));
            foreach (ref var stored in events[first..next])
            {
                stored = stored with { Trace = link };
            }

            next = first;
        }

        return true;
    }

    private static TraceLink? Read(ReadOnlySpan<byte> ids) =>
        ids.ContainsAnyExcept((byte)0)
            ? new TraceLink(
                ActivityTraceId.CreateFromBytes(ids[..TraceBytes]),
                ActivitySpanId.CreateFromBytes(ids[TraceBytes..])
            )
            : null;

    private readonly record struct Change(int First, TraceLink? Link);
}
