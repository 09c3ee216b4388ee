using System.Buffers;
using System.Runtime.InteropServices;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// A small hash table from a key's digest to the second of its expiry, 12 bytes per slot, with linear probing. A key is
/// never removed from its slot, because others may have been placed behind it; those that have expired are dropped when
/// the table grows.
/// </summary>
/// <remarks>
/// It grows by adding blocks to those that it has, so growing leaves no garbage. The blocks are pinned: otherwise the
/// garbage collector would copy what may be hundreds of megabytes.
/// </remarks>
internal sealed class KeyTable
{
    private const int BlockBits = 6;
    private const int BlockSlots = 1 << BlockBits;

    private Slot[][] _blocks = [];
    private int _used;

    /// <param name="expected">The number of keys it has room for at first.</param>
    public KeyTable(int expected)
    {
        if (expected > 0)
        {
            MakeRoomFor(expected);
        }
    }

    /// <summary>The number of slots, free ones included.</summary>
    public int Slots => _blocks.Length << BlockBits;

    /// <summary>The expiry of a key; zero if it is not there.</summary>
    public uint ExpiryOf(ulong digest) => Slots == 0 ? 0 : Find(digest).Expiry;

    /// <summary>
    /// The expiry of a key, to be read and changed before the next call; zero if the key was not there. It may only be
    /// set to more than zero.
    /// </summary>
    /// <param name="digest">The key.</param>
    /// <param name="now">If the table has to grow, it drops keys that expired by then.</param>
    public ref uint FindOrAdd(ulong digest, uint now)
    {
        // A table that is four fifths full finds a key within 13 slots on average, which are two or three cache lines.
        if (_used * 5L >= Slots * 4L)
        {
            Grow(now);
        }

        ref var slot = ref Find(digest);
        if (slot.Expiry == 0)
        {
            slot.Digest = digest;
            _used++;
        }

        return ref slot.Expiry;
    }

    /// <summary>The slot of a key, or the free slot where it belongs.</summary>
    private ref Slot Find(ulong digest)
    {
        var slots = Slots;
        var at = (int)Math.BigMul(digest, (ulong)slots, out _);
        while (true)
        {
            ref var slot = ref _blocks[at >> BlockBits][at & (BlockSlots - 1)];
            if (slot.Expiry == 0 || slot.Digest == digest)
            {
                return ref slot;
            }

            at = at + 1 == slots ? 0 : at + 1;
        }
    }

    private void Grow(uint now)
    {
        var living = ArrayPool<Slot>.Shared.Rent(_used);
        var count = 0;
        foreach (var block in _blocks)
        {
            foreach (ref var slot in block.AsSpan())
            {
                if (slot.Expiry > now)
                {
                    living[count++] = slot;
                }
            }

            Array.Clear(block);
        }

        MakeRoomFor(count);
        foreach (ref var slot in living.AsSpan(0, count))
        {
            Find(slot.Digest) = slot;
        }

        _used = count;
        ArrayPool<Slot>.Shared.Return(living);
    }

    /// <summary>Two thirds full, so that it grows again after a fifth more.</summary>
    private void MakeRoomFor(int keys)
    {
        var before = _blocks.Length;
        Array.Resize(ref _blocks, (keys + (keys / 2) + BlockSlots) >> BlockBits);
        for (var index = before; index < _blocks.Length; index++)
        {
            _blocks[index] = GC.AllocateArray<Slot>(BlockSlots, pinned: true);
        }
    }

    /// <summary>Free where the expiry is zero. Packed: with padding it would take 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = sizeof(uint))]
    private struct Slot
    {
        public ulong Digest;
        public uint Expiry;
    }
}
