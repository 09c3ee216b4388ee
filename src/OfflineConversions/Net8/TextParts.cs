namespace OfflineConversions.Net8;

/// <summary>The parts of a text between separators, found while a loop asks for them.</summary>
internal ref struct TextParts(ReadOnlySpan<char> text, char[] separators)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _next;

    public Range Current { get; private set; }

    public readonly TextParts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next > _text.Length)
        {
            return false;
        }

        var length = _text[_next..].IndexOfAny(separators);
        var end = length < 0 ? _text.Length : _next + length;
        Current = _next..end;
        _next = end + 1;
        return true;
    }
}
