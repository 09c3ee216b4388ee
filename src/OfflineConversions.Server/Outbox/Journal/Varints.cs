using System.Buffers;
using System.Text;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>Numbers of seven bits per byte, the lowest first, and texts with their length before them.</summary>
internal static class Varints
{
    public static void WriteNumber(this ArrayBufferWriter<byte> output, long value)
    {
        var span = output.GetSpan(10);
        var length = 0;
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        output.Advance(length);
    }

    /// <summary>Writes a number that may be negative: the sign is the lowest bit.</summary>
    public static void WriteSigned(this ArrayBufferWriter<byte> output, long value) =>
        output.WriteNumber((value << 1) ^ (value >> 63));

    public static void WriteText(this ArrayBufferWriter<byte> output, string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        output.WriteNumber(bytes);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(bytes)));
    }
}

/// <summary>Reads what <see cref="Varints"/> wrote. Past the end, or where a number makes no sense, it fails.</summary>
/// <param name="input">The bytes.</param>
internal ref struct VarintReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _input = input;

    /// <summary>Whether anything so far could not be read.</summary>
    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => _input.IsEmpty;

    public long Number()
    {
        var (value, shift) = (0UL, 0);
        for (var at = 0; at < _input.Length && shift < 64; at++, shift += 7)
        {
            value |= (ulong)(_input[at] & 0x7f) << shift;
            if (_input[at] < 0x80)
            {
                _input = _input[(at + 1)..];
                return (long)value;
            }
        }

        Failed = true;
        return 0;
    }

    public long Signed()
    {
        var value = (ulong)Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number from zero to a limit.</summary>
    public int Count(int most)
    {
        var value = Number();
        Require(value >= 0 && value <= most);
        return Failed ? 0 : (int)value;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        Require(length <= _input.Length);
        if (Failed)
        {
            return [];
        }

        var bytes = _input[..length];
        _input = _input[length..];
        return bytes;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes(Count(int.MaxValue)));

    public void Require(bool condition) => Failed |= !condition;
}
