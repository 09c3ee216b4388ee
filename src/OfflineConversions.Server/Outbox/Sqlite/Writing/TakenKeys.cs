using System.Buffers.Binary;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Keys with an expiry in one array, 16 bytes a place: twelve bytes of the digest and the second of its expiry. Among
/// ten million deliveries two different ones meet by chance in one of 10^15 such windows. Expired keys give way when
/// the array is rebuilt. Changes since the last
/// <see cref="Keep"/> can be undone. Belongs to the writer's thread.
/// </summary>
/// <param name="expected">
/// How many are about to be noted: growing step by step would move all of them again and again.
/// </param>
internal sealed class TakenKeys(long expected = 0)
{
    private const int FewestPlaces = 1024;

    private readonly List<(Place Key, uint Before)> _changes = [];
    private Place[] _places = new Place[Math.Max(FewestPlaces, expected * 2)];
    private int _used;

    /// <summary>
    /// Notes a key until a time; false where it is noted already and has not expired. Times in Unix milliseconds.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> key, long now, long expiresAt)
    {
        if (_used >= _places.Length / 4 * 3)
        {
            Rebuild(now);
        }

        var wanted = new Place(
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadUInt32LittleEndian(key[sizeof(ulong)..]),
            Second(expiresAt + 999)
        );
        ref var place = ref Find(_places, wanted);
        if (place.IsOf(wanted) && place.ExpiresAt > Second(now))
        {
            return false;
        }

        _used += place.IsFree ? 1 : 0;
        _changes.Add((wanted, place.ExpiresAt));
        place = wanted;
        return true;
    }

    /// <summary>Forgets a key. Its place stays, as an expired one: others may stand behind it.</summary>
    public void Erase(ReadOnlySpan<byte> key)
    {
        var wanted = new Place(
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadUInt32LittleEndian(key[sizeof(ulong)..]),
            1
        );
        ref var place = ref Find(_places, wanted);
        if (place.IsOf(wanted))
        {
            _changes.Add((wanted, place.ExpiresAt));
            place = wanted;
        }
    }

    /// <summary>What was noted stays.</summary>
    public void Keep() => _changes.Clear();

    /// <summary>Undoes what was noted since the last <see cref="Keep"/>.</summary>
    public void Forget()
    {
        for (var index = _changes.Count - 1; index >= 0; index--)
        {
            var (key, before) = _changes[index];

            // A key that was not there before stays as an expired one: its place may have others behind it.
            Find(_places, key) = key with { ExpiresAt = Math.Max(before, 1) };
        }

        _changes.Clear();
    }

    private static uint Second(long milliseconds) => (uint)Math.Clamp(milliseconds / 1000, 1, uint.MaxValue);

    /// <summary>The key's own place, or the free one where it belongs.</summary>
    private static ref Place Find(Place[] places, Place key)
    {
        var at = (int)(((UInt128)key.High * (uint)places.Length) >> 64);
        while (!places[at].IsFree && !places[at].IsOf(key))
        {
            at = at + 1 == places.Length ? 0 : at + 1;
        }

        return ref places[at];
    }

    // Twice as many places as living keys: a rebuild moves all of them, so it must be rare.
    private void Rebuild(long now)
    {
        var second = Second(now);
        var living = _places.Count(place => place.ExpiresAt > second);
        var places = new Place[Math.Max(FewestPlaces, living * 2)];
        _used = 0;
        foreach (var place in _places)
        {
            if (place.ExpiresAt > second)
            {
                Find(places, place) = place;
                _used++;
            }
        }

        _places = places;
    }

    private readonly record struct Place(ulong High, uint Low, uint ExpiresAt)
    {
        public bool IsFree => ExpiresAt == 0;

        public bool IsOf(Place other) => High == other.High && Low == other.Low;
    }
}
