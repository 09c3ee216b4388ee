using System.Buffers;
using System.Runtime.InteropServices;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Collects events and writes them as one chunk in <see cref="ChunkFormat"/>. Payloads are copied once: the header has
/// its place before them, and the entries follow when the chunk is complete. Reusable after <see cref="Clear"/>.
/// </summary>
internal sealed class ChunkBuilder
{
    private readonly ArrayBufferWriter<byte> _chunk = new(4096);
    private readonly ArrayBufferWriter<byte> _entries = new(4 * ChunkFormat.EntryBytes);
    private readonly ChunkTraces _traces = new();

    public ChunkBuilder() => Clear();

    /// <summary>The number of events.</summary>
    public int Events { get; private set; }

    /// <summary>The bytes of their payloads.</summary>
    public int PayloadBytes { get; private set; }

    /// <summary>When Meta's acceptance window closes for the first of the events.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Appends an event.</summary>
    public void Add(StoredEvent stored)
    {
        _chunk.Write(stored.Payload.Span);
        PayloadBytes += stored.Payload.Length;
        ChunkFormat.WriteEntry(_entries.GetSpan(ChunkFormat.EntryBytes), PayloadBytes, stored.ExpiresAt, stored.Key);
        _entries.Advance(ChunkFormat.EntryBytes);
        _traces.Add(Events++, stored.Trace);
        ExpiresAt = stored.ExpiresAt < ExpiresAt ? stored.ExpiresAt : ExpiresAt;
    }

    /// <summary>
    /// Completes the chunk. The bytes are valid until <see cref="Clear"/>, or until the compression compresses another
    /// chunk; nothing can be added before <see cref="Clear"/>.
    /// </summary>
    /// <param name="destination">The digest of its destination.</param>
    /// <param name="compression">Compresses the payloads; <see langword="null"/> stores them as they are.</param>
    public ReadOnlySpan<byte> Complete(long destination, ChunkCompression? compression = null)
    {
        var version = ChunkFormat.Version;
        if (_traces.Any)
        {
            version = ChunkFormat.TracedVersion;
            _traces.Write(_entries);
        }

        var payloads = _chunk.WrittenSpan[ChunkFormat.HeaderBytes..];
        var compressed = compression is null ? [] : compression.Compress(payloads, _entries.WrittenSpan);
        if (compressed.Length > 0)
        {
            ChunkFormat.WriteHeader(compressed, Events, destination, ChunkFormat.Zstandard, version);
            return compressed;
        }

        _chunk.Write(_entries.WrittenSpan);
        ChunkFormat.WriteHeader(
            MemoryMarshal.AsMemory(_chunk.WrittenMemory).Span,
            Events,
            destination,
            ChunkFormat.Uncompressed,
            version
        );
        return _chunk.WrittenSpan;
    }

    /// <summary>Begins a new chunk in the same memory.</summary>
    public void Clear()
    {
        _chunk.ResetWrittenCount();
        _chunk.Advance(ChunkFormat.HeaderBytes);
        _entries.ResetWrittenCount();
        _traces.Clear();
        Events = 0;
        PayloadBytes = 0;
        ExpiresAt = DateTimeOffset.MaxValue;
    }
}
