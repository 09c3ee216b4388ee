namespace OfflineConversions.Hashing;

/// <summary>
/// Room for the forms that one value of a match key takes until Meta accepts it. They are spans, because the clear text
/// of a person must not stay in memory as a string. Not thread-safe.
/// </summary>
internal sealed class KeyScratch
{
    private const int UsualLength = 512;

    // One huge value must not occupy memory permanently.
    private const int MostKept = 16 * 1024;

    private char[] _room = new char[UsualLength];
    private int _used;

    /// <summary>Room for a text of this length, valid until <see cref="Clear"/>.</summary>
    public Span<char> Take(int length)
    {
        if (_room.Length - _used < length)
        {
            // What was taken before stays valid, because spans refer to the array.
            _room = new char[Math.Max(2 * _room.Length, length)];
            _used = 0;
        }

        var taken = _room.AsSpan(_used, length);
        _used += length;
        return taken;
    }

    /// <summary>Two texts as one.</summary>
    public ReadOnlySpan<char> Join(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        var both = Take(first.Length + second.Length);
        first.CopyTo(both);
        second.CopyTo(both[first.Length..]);
        return both;
    }

    /// <summary>Forgets every text.</summary>
    public void Clear()
    {
        _room.AsSpan(0, _used).Clear();
        _used = 0;
        if (_room.Length > MostKept)
        {
            _room = new char[UsualLength];
        }
    }
}
