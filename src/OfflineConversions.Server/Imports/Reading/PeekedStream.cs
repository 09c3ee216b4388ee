namespace OfflineConversions.Server.Imports.Reading;

/// <summary>A stream whose first bytes can be looked at before they are read.</summary>
internal sealed class PeekedStream(Stream inner, int mostPeeked) : ReadOnlyStream(inner)
{
    private readonly byte[] _peeked = new byte[mostPeeked];
    private int _count = -1;
    private int _at;

    /// <summary>The first bytes, fewer only if the stream has no more.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        if (_count < 0)
        {
            _count = Inner.ReadAtLeast(_peeked, _peeked.Length, throwOnEndOfStream: false);
        }

        return _peeked.AsSpan(_at, _count - _at);
    }

    /// <summary>The last four bytes that were read, the oldest first.</summary>
    public uint LastBytes { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var taken = Take(buffer);
        for (var at = Math.Max(0, taken - sizeof(uint)); at < taken; at++)
        {
            LastBytes = (LastBytes >> 8) | ((uint)buffer[at] << 24);
        }

        return taken;
    }

    private int Take(Span<byte> buffer)
    {
        if (_at >= _count)
        {
            return Inner.Read(buffer);
        }

        var taken = Math.Min(buffer.Length, _count - _at);
        _peeked.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }
}
