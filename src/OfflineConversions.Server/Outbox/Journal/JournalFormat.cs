using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// The stored form of a block, version 1: the digests of the events' ids and of their orders' ids, 8 bytes each, as
/// they are in memory, so that a search compares them without reading anything else; and the content:
/// <code>
/// checksum 8 | version 1 | events | times | texts | kinds | lanes | width 1 | number of the kind of each event
/// </code>
/// Numbers are varints, and those that follow each other are differences. The checksum is XxHash3 over everything after
/// it. Texts are in a form of their own, because an erasure removes them.
/// </summary>
internal static class JournalFormat
{
    private const byte Version = 1;

    /// <summary>Checksum, version and number of events.</summary>
    private const int Header = sizeof(ulong) + 1 + sizeof(int);

    // A lane lists the chunks of one dataset, and a kind names few of them.
    private const int MostInList = 1 << 16;

    /// <summary>A column of digests.</summary>
    public static ReadOnlySpan<byte> Column(ReadOnlySpan<ulong> digests) => MemoryMarshal.AsBytes(digests);

    /// <summary>The digests of a column.</summary>
    public static ReadOnlySpan<ulong> Digests(ReadOnlySpan<byte> column) => MemoryMarshal.Cast<byte, ulong>(column);

    /// <summary>Writes the content of a block whose chunks have their numbers.</summary>
    public static void Write(JournalBlock block, ArrayBufferWriter<byte> output)
    {
        var texts = new JournalTexts();
        var body = new ArrayBufferWriter<byte>(256 + (2 * block.Events));
        WriteTimes(block, body);
        foreach (var kind in block.Kinds)
        {
            texts.Add(kind);
        }

        texts.WriteTo(body);
        body.WriteNumber(block.Kinds.Count);
        foreach (var kind in block.Kinds)
        {
            kind.WriteTo(body, texts);
        }

        body.WriteNumber(block.Lanes.Count);
        foreach (var lane in block.Lanes)
        {
            lane.WriteTo(body);
        }

        WriteKindNumbers(block, body);
        var start = output.GetSpan(sizeof(ulong) + 1 + sizeof(int));
        start[sizeof(ulong)] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(start[(sizeof(ulong) + 1)..], block.Events);
        var hash = new XxHash3();
        hash.Append(start.Slice(sizeof(ulong), 1 + sizeof(int)));
        hash.Append(body.WrittenSpan);
        BinaryPrimitives.WriteUInt64LittleEndian(start, hash.GetCurrentHashAsUInt64());
        output.Advance(sizeof(ulong) + 1 + sizeof(int));
        output.Write(body.WrittenSpan);
    }

    /// <summary>Reads a block; <see langword="null"/> if it is damaged. Never throws, whatever the bytes are.</summary>
    public static JournalBlock? Read(
        ReadOnlySpan<byte> eventIds,
        ReadOnlySpan<byte> orderIds,
        ReadOnlySpan<byte> content
    )
    {
        if (!IsWhole(content))
        {
            return null;
        }

        var events = BinaryPrimitives.ReadInt32LittleEndian(content[(sizeof(ulong) + 1)..]);
        var input = new VarintReader(content[Header..]);
        if (
            (uint)events > JournalBlock.MostEvents
            || eventIds.Length != events * sizeof(ulong)
            || (orderIds.Length != 0 && orderIds.Length != events * sizeof(ulong))
        )
        {
            return null;
        }

        var block = new JournalBlock();
        ReadTimesAndKinds(block, ref input);
        for (var left = input.Count(MostInList); left > 0 && !input.Failed; left--)
        {
            block.Restore(JournalKindFormat.ReadLane(ref input));
        }

        var kindOf = new ushort[events];
        ReadKindNumbers(kindOf, block.Kinds.Count, ref input);
        if (input.Failed || block.Kinds.Any(kind => kind.Targets.Any(target => target.Lane >= block.Lanes.Count)))
        {
            return null;
        }

        block.Restore(Digests(eventIds), Digests(orderIds), kindOf);
        return block;
    }

    /// <summary>The kinds of a block's events, without its ids; <see langword="null"/> if it is damaged.</summary>
    public static IReadOnlyList<JournalKind>? ReadKinds(ReadOnlySpan<byte> content)
    {
        if (!IsWhole(content))
        {
            return null;
        }

        var input = new VarintReader(content[Header..]);
        var block = new JournalBlock();
        ReadTimesAndKinds(block, ref input);
        return input.Failed ? null : block.Kinds;
    }

    private static bool IsWhole(ReadOnlySpan<byte> content) =>
        content.Length >= Header
        && BinaryPrimitives.ReadUInt64LittleEndian(content) == XxHash3.HashToUInt64(content[sizeof(ulong)..])
        && content[sizeof(ulong)] == Version;

    private static void ReadTimesAndKinds(JournalBlock block, ref VarintReader input)
    {
        ReadTimes(block, ref input);
        var texts = JournalTexts.Read(ref input);
        for (var left = input.Count(MostInList); left > 0 && !input.Failed; left--)
        {
            block.Restore(JournalKindFormat.ReadKind(texts, ref input));
        }
    }

    private static void WriteTimes(JournalBlock block, ArrayBufferWriter<byte> output)
    {
        output.WriteNumber(block.Times.Count);
        var before = 0L;
        foreach (var time in block.Times)
        {
            var at = time.At.ToUnixTimeMilliseconds();
            output.WriteSigned(at - before);
            output.WriteNumber(time.Count);
            before = at;
        }
    }

    private static void ReadTimes(JournalBlock block, ref VarintReader input)
    {
        var at = 0L;
        for (var left = input.Count(JournalBlock.MostEvents); left > 0 && !input.Failed; left--)
        {
            at += input.Signed();
            block.Add(StoredTime(at), input.Count(JournalBlock.MostEvents));
        }
    }

    // Only a damaged block has a time beyond the calendar.
    private static DateTimeOffset StoredTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, 253402300799999));

    // Most blocks have one kind, and then the numbers take no space.
    private static void WriteKindNumbers(JournalBlock block, ArrayBufferWriter<byte> output)
    {
        var width =
            block.Kinds.Count <= 1 ? 0
            : block.Kinds.Count <= 1 << 8 ? 1
            : sizeof(ushort);
        output.WriteNumber(width);
        if (width == 1)
        {
            var bytes = output.GetSpan(block.Events);
            for (var place = 0; place < block.Events; place++)
            {
                bytes[place] = (byte)block.KindOf[place];
            }

            output.Advance(block.Events);
        }
        else if (width == sizeof(ushort))
        {
            output.Write(MemoryMarshal.AsBytes(block.KindOf));
        }
    }

    private static void ReadKindNumbers(ushort[] kindOf, int kinds, ref VarintReader input)
    {
        var width = input.Count(sizeof(ushort));
        var bytes = input.Bytes(width * kindOf.Length);
        for (var place = 0; place < kindOf.Length && !input.Failed; place++)
        {
            kindOf[place] = width switch
            {
                0 => 0,
                1 => bytes[place],
                _ => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(place * sizeof(ushort))..]),
            };
            input.Require(kindOf[place] < kinds);
        }
    }
}
