using System.Text;

namespace OfflineConversions.Json;

/// <summary>
/// A text of an event: a slice of the posted body, which costs no string, or a string. A slice is ASCII without an
/// escape, and valid as long as the body. The default value is absent.
/// </summary>
internal readonly struct BodyText : IEquatable<BodyText>
{
    // The bytes that contain the slice, or the string.
    private readonly object? _source;
    private readonly int _start;
    private readonly int _length;

    private BodyText(string? text) => _source = text;

    /// <summary>A slice of bytes, which must be ASCII.</summary>
    internal BodyText(byte[] ascii, int start, int length) => (_source, _start, _length) = (ascii, start, length);

    /// <summary>Whether there is no text.</summary>
    public bool IsAbsent => _source is null;

    /// <summary>The text, or <see langword="null"/> if it is absent.</summary>
    internal string? Text => _source as string ?? (IsAbsent ? null : Encoding.ASCII.GetString(Ascii));

    /// <summary>The bytes of a slice; empty if the text is a string.</summary>
    internal ReadOnlySpan<byte> Ascii => _source is byte[] body ? body.AsSpan(_start, _length) : default;

    /// <summary>A string is a text; <see langword="null"/> is an absent one.</summary>
    public static implicit operator BodyText(string? text) => new(text);

    public static bool operator ==(BodyText left, BodyText right) => left.Equals(right);

    public static bool operator !=(BodyText left, BodyText right) => !left.Equals(right);

    /// <summary>This text, or the other one if this is absent.</summary>
    public BodyText Or(BodyText other) => IsAbsent ? other : this;

    /// <summary>The text; empty if it is absent.</summary>
    public override string ToString() => Text ?? "";

    /// <inheritdoc/>
    public bool Equals(BodyText other) =>
        (ReferenceEquals(_source, other._source) && _start == other._start && _length == other._length)
        || string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BodyText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
