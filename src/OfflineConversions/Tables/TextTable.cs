using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Tables;

/// <summary>Values that are looked up by a slice of a text, which becomes no text of its own.</summary>
internal readonly struct TextTable<T>(FrozenDictionary<string, T> values)
{
#if NET9_0_OR_GREATER
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _values =
        values.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyCollection<string> Keys => _values.Dictionary.Keys;

    public bool TryGetValue(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out T value) =>
        _values.TryGetValue(text, out value);
#else
    public IReadOnlyCollection<string> Keys => values.Keys;

    public bool TryGetValue(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out T value) =>
        values.TryGetValue(text.ToString(), out value);
#endif
}
