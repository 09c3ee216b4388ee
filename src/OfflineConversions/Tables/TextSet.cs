using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace OfflineConversions.Tables;

/// <summary>Texts that are looked up by a slice of another text, which becomes no text of its own.</summary>
internal readonly struct TextSet(FrozenSet<string> texts)
{
#if NET9_0_OR_GREATER
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _texts = texts.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    public bool Contains(ReadOnlySpan<char> text) => _texts.Contains(text);

    public bool TryGetValue(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? known) =>
        _texts.TryGetValue(text, out known);
#else
    public bool Contains(ReadOnlySpan<char> text) => texts.Contains(text.ToString());

    public bool TryGetValue(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? known) =>
        texts.TryGetValue(text.ToString(), out known);
#endif
}
