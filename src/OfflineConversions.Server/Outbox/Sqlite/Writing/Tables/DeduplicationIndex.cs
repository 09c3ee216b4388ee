using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// Keys with an expiry in one array, 16 bytes per slot: twelve bytes of the digest and the second of its expiry. With
/// ten million deliveries, the chance that two different keys collide is one in 10^15 per window. Expired keys are
/// dropped when the array is rebuilt. Changes since the last <see cref="Keep"/> can be undone. Belongs to the writer's
/// thread.
/// </summary>
/// <param name="expected">
/// The number of keys about to be added: growing step by step would move all of them repeatedly.
/// </param>
internal sealed class DeduplicationIndex(long expected = 0)
{
    private const int FewestSlots = 1024;

    /// <summary>The expiry of a key that is no longer there; any time has passed it.</summary>
    private const uint Released = 1;

    private readonly List<(Slot Key, uint Before)> _changes = [];
    private Slot[] _slots = new Slot[Math.Max(FewestSlots, expected * 2)];
    private int _used;

    /// <summary>
    /// Adds a key until a time; false if it is there already and has not expired. Times are in Unix milliseconds.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> key, long now, long expiresAt)
    {
        if (_used >= _slots.Length / 4 * 3)
        {
            Rebuild(now);
        }

        var wanted = SlotOf(key, Second(expiresAt + 999));
        ref var slot = ref Find(_slots, wanted);
        if (slot.IsOf(wanted) && slot.ExpiresAt > Second(now))
        {
            return false;
        }

        _used += slot.IsFree ? 1 : 0;
        _changes.Add((wanted, slot.ExpiresAt));
        slot = wanted;
        return true;
    }

    /// <summary>Whether a key is there and has not expired.</summary>
    public bool Contains(ReadOnlySpan<byte> key, long now)
    {
        var wanted = SlotOf(key, 0);
        ref var slot = ref Find(_slots, wanted);
        return slot.IsOf(wanted) && slot.ExpiresAt > Second(now);
    }

    /// <summary>
    /// Adds a key of the file, unless a younger row has decided about it. Zero marks a key that was released. The index
    /// must be large enough for all of them: a rebuild would drop these marks.
    /// </summary>
    public void Load(ReadOnlySpan<byte> key, long expiresAt)
    {
        var wanted = SlotOf(key, expiresAt == 0 ? Released : Second(expiresAt + 999));
        ref var slot = ref Find(_slots, wanted);
        if (slot.IsFree)
        {
            slot = wanted;
            _used++;
        }
    }

    /// <summary>
    /// Removes a key if it is there with this expiry, or with any if none is given. Its slot stays, as an expired one,
    /// because others may have been placed behind it.
    /// </summary>
    /// <returns>Whether it was there.</returns>
    public bool Release(ReadOnlySpan<byte> key, long? expiresAt)
    {
        var wanted = SlotOf(key, Released);
        ref var slot = ref Find(_slots, wanted);
        if (!slot.IsOf(wanted) || (expiresAt is { } end && slot.ExpiresAt != Second(end + 999)))
        {
            return false;
        }

        _changes.Add((wanted, slot.ExpiresAt));
        slot = wanted;
        return true;
    }

    /// <summary>Makes the changes permanent.</summary>
    public void Keep() => _changes.Clear();

    /// <summary>Undoes the changes since the last <see cref="Keep"/>.</summary>
    public void Forget()
    {
        for (var index = _changes.Count - 1; index >= 0; index--)
        {
            var (key, before) = _changes[index];

            // A key that was not there before stays as an expired one: its slot may have others behind it.
            Find(_slots, key) = key with { ExpiresAt = Math.Max(before, Released) };
        }

        _changes.Clear();
    }

    private static Slot SlotOf(ReadOnlySpan<byte> key, uint expiresAt) =>
        new(
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadUInt32LittleEndian(key[sizeof(ulong)..]),
            expiresAt
        );

    private static uint Second(long milliseconds) => (uint)Math.Clamp(milliseconds / 1000, Released, uint.MaxValue);

    /// <summary>The slot of a key, or the free slot where it belongs.</summary>
    private static ref Slot Find(Slot[] slots, Slot key)
    {
        var at = (int)(((UInt128)key.High * (uint)slots.Length) >> 64);
        while (!slots[at].IsFree && !slots[at].IsOf(key))
        {
            at = at + 1 == slots.Length ? 0 : at + 1;
        }

        return ref slots[at];
    }

    // Twice as many slots as living keys: a rebuild moves all of them, so it must be rare.
    private void Rebuild(long now)
    {
        var second = Second(now);
        var living = _slots.Count(slot => slot.ExpiresAt > second);
        var slots = new Slot[Math.Max(FewestSlots, living * 2)];
        _used = 0;
        foreach (var slot in _slots)
        {
            if (slot.ExpiresAt > second)
            {
                Find(slots, slot) = slot;
                _used++;
            }
        }

        _slots = slots;
    }

    private readonly record struct Slot(ulong High, uint Low, uint ExpiresAt)
    {
        public bool IsFree => ExpiresAt == 0;

        public bool IsOf(Slot other) => High == other.High && Low == other.Low;
    }
}
