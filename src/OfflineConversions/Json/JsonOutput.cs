using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace OfflineConversions.Json;

/// <summary>
/// Writes JSON without white space, byte for byte as the framework's writer does with the same encoder, and cheaper:
/// nearly every text is ASCII that needs no escape. Does not check that what is written is well-formed.
/// </summary>
internal sealed class JsonOutput
{
    // Text that is not ASCII stays readable and short. These bytes are never embedded in HTML.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(ascii => (char)ascii).Where(ascii => ascii is not ('"' or '\\')),
    ]);

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(ascii => (byte)ascii).Where(ascii => ascii is not (34 or 92)),
    ]);

    private byte[] _buffer;
    private int _length;
    private bool _needsComma;

    public JsonOutput(int usualBytes) => _buffer = new byte[usualBytes];

    /// <summary>What is written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>How much memory it keeps.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Begins again.</summary>
    public void Clear()
    {
        _buffer.AsSpan(0, _length).Clear();
        (_length, _needsComma) = (0, false);
    }

    public void StartObject() => Start((byte)'{');

    public void StartObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        Start((byte)'{');
    }

    public void EndObject() => End((byte)'}');

    public void StartArray() => Start((byte)'[');

    public void StartArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Start((byte)'[');
    }

    public void EndArray() => End((byte)']');

    /// <summary>Begins a member with a name that needs no escape.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        var into = Next(name.Length + 3);
        into[0] = (byte)'"';
        name.CopyTo(into[1..]);
        into[name.Length + 1] = (byte)'"';
        into[name.Length + 2] = (byte)':';
        _needsComma = false;
    }

    /// <summary>Begins a member with any name.</summary>
    public void Name(string name)
    {
        Text(name);
        Next(1, comma: false)[0] = (byte)':';
        _needsComma = false;
    }

    /// <summary>Writes a text.</summary>
    public void Text(string text)
    {
        var isPlain = !text.AsSpan().ContainsAnyExcept(PlainCharacters);
        text = isPlain ? text : Encoder.Encode(text);
        var length = isPlain ? text.Length : Encoding.UTF8.GetByteCount(text);
        var into = Next(length + 2);
        into[0] = (byte)'"';
        Encoding.UTF8.GetBytes(text, into[1..]);
        into[length + 1] = (byte)'"';
    }

    /// <summary>Writes a text, which must be Unicode.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.ContainsAnyExcept(PlainBytes))
        {
            Text(Encoding.UTF8.GetString(utf8));
            return;
        }

        var into = Next(utf8.Length + 2);
        into[0] = (byte)'"';
        utf8.CopyTo(into[1..]);
        into[utf8.Length + 1] = (byte)'"';
    }

    /// <summary>Writes a whole number.</summary>
    public void Number(long number)
    {
        const int MostDigits = 20;
        Utf8Formatter.TryFormat(number, Next(MostDigits, take: false), out var length);
        _length += length;
    }

    /// <summary>Writes JSON as it is.</summary>
    public void Raw(ReadOnlySpan<byte> json) => json.CopyTo(Next(json.Length));

    private void Start(byte bracket)
    {
        Next(1)[0] = bracket;
        _needsComma = false;
    }

    private void End(byte bracket)
    {
        Next(1, comma: false)[0] = bracket;
        _needsComma = true;
    }

    /// <summary>Room for what follows, after a comma where one belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Next(int bytes, bool comma = true, bool take = true)
    {
        if (_buffer.Length - _length <= bytes)
        {
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + bytes + 1));
        }

        if (_needsComma && comma)
        {
            _buffer[_length++] = (byte)',';
        }

        _needsComma = true;
        var room = _buffer.AsSpan(_length, bytes);
        _length += take ? bytes : 0;
        return room;
    }
}
