using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OfflineConversions.Json;

/// <summary>Where the parts of texts and numbers end in JSON (RFC 8259).</summary>
internal static class JsonTokens
{
    /// <summary>The position of nothing.</summary>
    public const int None = -1;

    private static readonly SearchValues<byte> EndsRun = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(control => (byte)control),
    ]);

    /// <summary>
    /// The position of the next quote, backslash or control character, or the length. Most names and texts are shorter
    /// than a vector.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfRun(ReadOnlySpan<byte> json, int at)
    {
        if (Vector256.IsHardwareAccelerated && at + Vector256<byte>.Count <= json.Length)
        {
            var next = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
            var ends =
                Vector256.Equals(next, Vector256.Create((byte)'"'))
                | Vector256.Equals(next, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(next, Vector256.Create((byte)' '));
            if (ends != Vector256<byte>.Zero)
            {
                return at + BitOperations.TrailingZeroCount(ends.ExtractMostSignificantBits());
            }

            at += Vector256<byte>.Count;
        }

        return EndOfLongRun(json, at);
    }

    /// <summary>
    /// The position after the escape that begins there; <see cref="None"/> if none does, as with a control character.
    /// </summary>
    public static int EndOfEscape(ReadOnlySpan<byte> json, int at)
    {
        if (At(json, at) != '\\')
        {
            return None;
        }

        if (json[at..] is [_, (byte)'u', var first, var second, var third, var fourth, ..])
        {
            var isHex =
                char.IsAsciiHexDigit((char)first)
                && char.IsAsciiHexDigit((char)second)
                && char.IsAsciiHexDigit((char)third)
                && char.IsAsciiHexDigit((char)fourth);
            return isHex ? at + 6 : None;
        }

        return At(json, at + 1) is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' ? at + 2 : None;
    }

    /// <summary>The position after the number that begins there; <see cref="None"/> if none does.</summary>
    public static int EndOfNumber(ReadOnlySpan<byte> json, int start)
    {
        var whole = At(json, start) == '-' ? start + 1 : start;
        var at = EndOfDigits(json, whole);
        if (at == whole || (json[whole] == '0' && at - whole > 1))
        {
            return None;
        }

        if (At(json, at) == '.')
        {
            var fraction = at + 1;
            if ((at = EndOfDigits(json, fraction)) == fraction)
            {
                return None;
            }
        }

        if (At(json, at) is 'e' or 'E')
        {
            var exponent = At(json, at + 1) is '+' or '-' ? at + 2 : at + 1;
            if ((at = EndOfDigits(json, exponent)) == exponent)
            {
                return None;
            }
        }

        return at;
    }

    /// <summary>The byte at the position, or <see cref="None"/> after the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(ReadOnlySpan<byte> json, int at) => (uint)at < (uint)json.Length ? json[at] : None;

    private static int EndOfLongRun(ReadOnlySpan<byte> json, int at)
    {
        var run = json[at..].IndexOfAny(EndsRun);
        return run < 0 ? json.Length : at + run;
    }

    private static int EndOfDigits(ReadOnlySpan<byte> json, int at)
    {
        while (At(json, at) is >= '0' and <= '9')
        {
            at++;
        }

        return at;
    }
}
