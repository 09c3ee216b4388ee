using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// Finds every name and value of a JSON text (RFC 8259) in one pass. Accepts exactly what <see cref="Utf8JsonReader"/>
/// accepts: no comments, no trailing commas, one value; text need not be Unicode.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json, JsonRow[] rows, int maxDepth)
{
    private const int None = -1;

    private static readonly SearchValues<byte> EndsRun = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(control => (byte)control),
    ]);

    private readonly ReadOnlySpan<byte> _json = json;
    private JsonRow[] _rows = rows;
    private int _count;
    private int _at;

    /// <summary>The rows, which may be others than those given.</summary>
    public readonly JsonRow[] Rows => _rows;

    /// <summary>Reads the text; <see langword="false"/> if it is not JSON.</summary>
    public bool Scan()
    {
        // While a list or object is open, the next row of its own row is the one that contains it.
        var (open, depth) = (None, 0);
        while (true)
        {
            var first = Peek();
            if (first is '{' or '[')
            {
                if (depth++ == maxDepth)
                {
                    return false;
                }

                var kind = first == '{' ? JsonValueKind.Object : JsonValueKind.Array;
                open = Add(new JsonRow(_at++, 0, open, kind));
                if (Peek() != (first == '{' ? '}' : ']'))
                {
                    if (first == '{' && !Name())
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if (!Scalar(first))
            {
                return false;
            }

            // After a value: the end of what contains it, any number of times, or a comma.
            while (true)
            {
                var next = Peek();
                if (open == None)
                {
                    return next == None;
                }

                var container = _rows[open];
                if (next == ',')
                {
                    _at++;
                    if (container.Kind == JsonValueKind.Object && !Name())
                    {
                        return false;
                    }

                    break;
                }

                if (next != (container.Kind == JsonValueKind.Object ? '}' : ']'))
                {
                    return false;
                }

                _at++;
                _rows[open] = new JsonRow(container.Start, _at - container.Start, _count, container.Kind);
                open = container.Next;
                depth--;
            }
        }
    }

    // The next byte that is not white space, or None at the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Peek()
    {
        while (_at < _json.Length)
        {
            var next = _json[_at];
            if (next > ' ' || next is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return next;
            }

            _at++;
        }

        return None;
    }

    private bool Name()
    {
        if (Peek() != '"' || !Text() || Peek() != ':')
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Scalar(int first) =>
        first switch
        {
            '"' => Text(),
            't' => Word("true"u8, JsonValueKind.True),
            'f' => Word("false"u8, JsonValueKind.False),
            'n' => Word("null"u8, JsonValueKind.Null),
            _ => Number(),
        };

    private bool Word(ReadOnlySpan<byte> word, JsonValueKind kind)
    {
        if (!_json[_at..].StartsWith(word))
        {
            return false;
        }

        Add(new JsonRow(_at, word.Length, _count + 1, kind));
        _at += word.Length;
        return true;
    }

    private bool Text()
    {
        var start = ++_at;
        var isEscaped = false;
        while (true)
        {
            SkipRun();
            if (_at >= _json.Length || _json[_at] < ' ')
            {
                return false;
            }

            if (_json[_at] == '"')
            {
                break;
            }

            isEscaped = true;
            if (!Escape())
            {
                return false;
            }
        }

        Add(new JsonRow(start, _at - start, _count + 1, JsonValueKind.String, isEscaped));
        _at++;
        return true;
    }

    // Most names and texts are shorter than a vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipRun()
    {
        if (Vector256.IsHardwareAccelerated && _at + Vector256<byte>.Count <= _json.Length)
        {
            var next = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(_json), (nuint)_at);
            var ends =
                Vector256.Equals(next, Vector256.Create((byte)'"'))
                | Vector256.Equals(next, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(next, Vector256.Create((byte)' '));
            if (ends != Vector256<byte>.Zero)
            {
                _at += System.Numerics.BitOperations.TrailingZeroCount(ends.ExtractMostSignificantBits());
                return;
            }

            _at += Vector256<byte>.Count;
        }

        var run = _json[_at..].IndexOfAny(EndsRun);
        _at = run < 0 ? _json.Length : _at + run;
    }

    private bool Escape()
    {
        var escape = _json[_at..];
        if (escape is [_, (byte)'u', ..])
        {
            _at += 6;
            return escape.Length >= 6
                && char.IsAsciiHexDigit((char)escape[2])
                && char.IsAsciiHexDigit((char)escape[3])
                && char.IsAsciiHexDigit((char)escape[4])
                && char.IsAsciiHexDigit((char)escape[5]);
        }

        _at += 2;
        return escape.Length >= 2 && "\"\\/bfnrt"u8.Contains(escape[1]);
    }

    private bool Number()
    {
        var start = _at;
        Skip('-');
        var whole = _at;
        if (!Digits() || (_json[whole] == '0' && _at - whole > 1))
        {
            return false;
        }

        if (Skip('.') && !Digits())
        {
            return false;
        }

        if (Skip('e') || Skip('E'))
        {
            _ = Skip('+') || Skip('-');
            if (!Digits())
            {
                return false;
            }
        }

        Add(new JsonRow(start, _at - start, _count + 1, JsonValueKind.Number));
        return true;
    }

    private bool Digits()
    {
        var start = _at;
        while (_at < _json.Length && char.IsAsciiDigit((char)_json[_at]))
        {
            _at++;
        }

        return _at > start;
    }

    private bool Skip(char one)
    {
        if (_at >= _json.Length || _json[_at] != one)
        {
            return false;
        }

        _at++;
        return true;
    }

    private int Add(JsonRow row)
    {
        if (_count == _rows.Length)
        {
            var more = ArrayPool<JsonRow>.Shared.Rent(2 * _count);
            _rows.CopyTo(more, 0);
            ArrayPool<JsonRow>.Shared.Return(_rows);
            _rows = more;
        }

        _rows[_count] = row;
        return _count++;
    }
}
