using System.Runtime.InteropServices;
using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Hashing;

/// <summary>
/// The match keys of one event, normalised but not hashed yet, in UTF-8. It is reused and its texts are clear, so
/// it must be cleared after each event.
/// </summary>
internal sealed class NormalizedKeys
{
    private const int UsualBytes = 1024;

    private readonly List<NormalizedKey> _entries = new(16);
    private byte[] _utf8 = new byte[UsualBytes];
    private int _length;

    public int KeptBytes => _utf8.Length;

    public ReadOnlySpan<NormalizedKey> Entries => CollectionsMarshal.AsSpan(_entries);

    public ReadOnlySpan<byte> ValueOf(in NormalizedKey entry) => _utf8.AsSpan(entry.Start, entry.Length);

    /// <summary>Adds a text.</summary>
    public void Add(MatchKey key, ReadOnlySpan<char> text, bool toHash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_utf8.Length - _length < most)
        {
            var more = new byte[Math.Max(2 * _utf8.Length, _length + most)];
            _utf8.AsSpan(0, _length).CopyTo(more);
            _utf8.AsSpan(0, _length).Clear();
            _utf8 = more;
        }

        var length = Encoding.UTF8.GetBytes(text, _utf8.AsSpan(_length));
        _entries.Add(new NormalizedKey(key, _length, length, toHash));
        _length += length;
    }

    /// <summary>Forgets every text, but keeps the memory.</summary>
    public void Clear()
    {
        _utf8.AsSpan(0, _length).Clear();
        _entries.Clear();
        _length = 0;
    }
}

/// <summary>A match key that is ready for Meta, or ready to be hashed for Meta.</summary>
/// <param name="Key">Which one it is.</param>
/// <param name="Start">Where its text starts.</param>
/// <param name="Length">How long it is.</param>
/// <param name="ToHash">Whether Meta receives the SHA-256 of the text in place of it.</param>
internal readonly record struct NormalizedKey(MatchKey Key, int Start, int Length, bool ToHash);
