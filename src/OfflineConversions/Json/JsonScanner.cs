using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// Finds every name and value of a JSON text (RFC 8259) in one pass. Accepts exactly what <see cref="Utf8JsonReader"/>
/// accepts: no comments, no trailing commas, one value; text need not be Unicode.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json, JsonRow[] rows, int maxDepth)
{
    // Where no byte is: the end of the text, what contains the root, and what is not JSON.
    private const int None = JsonTokens.None;

    private readonly ReadOnlySpan<byte> _json = json;
    private JsonRow[] _rows = rows;
    private int _count;

    /// <summary>The rows, which may be others than those given.</summary>
    public readonly JsonRow[] Rows => _rows;

    /// <summary>Reads the text; <see langword="false"/> if it is not JSON.</summary>
    public bool Scan()
    {
        // While a list or object is open, the next row of its own row is the one that contains it.
        var (at, open, depth) = (0, None, 0);
        while (true)
        {
            at = Blank(at);
            var first = Peek(at);
            if (first is '{' or '[')
            {
                if (depth++ == maxDepth)
                {
                    return false;
                }

                var isObject = first == '{';
                open = Add(new JsonRow(at, 0, open, isObject ? JsonValueKind.Object : JsonValueKind.Array));
                at = Blank(at + 1);
                if (Peek(at) != (isObject ? '}' : ']'))
                {
                    if (isObject && (at = Name(at)) == None)
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if ((at = Scalar(first, at)) == None)
            {
                return false;
            }

            // After a value: the end of what contains it, any number of times, or a comma.
            while (true)
            {
                at = Blank(at);
                var next = Peek(at);
                if (open == None)
                {
                    return next == None;
                }

                ref var container = ref _rows[open];
                var isObject = container.Kind == JsonValueKind.Object;
                if (next == ',')
                {
                    at++;
                    if (isObject && (at = Name(Blank(at))) == None)
                    {
                        return false;
                    }

                    break;
                }

                if (next != (isObject ? '}' : ']'))
                {
                    return false;
                }

                at++;
                (open, container) = (
                    container.Next,
                    new JsonRow(container.Start, at - container.Start, _count, container.Kind)
                );
                depth--;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Peek(int at) => JsonTokens.At(_json, at);

    // The position of the next byte that is not white space.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Blank(int at)
    {
        while (Peek(at) is <= ' ' and (' ' or '\t' or '\r' or '\n'))
        {
            at++;
        }

        return at;
    }

    // These read what is at the position, and return that after it, or None if it is not JSON.
    private int Name(int at)
    {
        if (Peek(at) != '"' || (at = Text(at)) == None)
        {
            return None;
        }

        at = Blank(at);
        return Peek(at) == ':' ? at + 1 : None;
    }

    private int Scalar(int first, int at) =>
        first switch
        {
            '"' => Text(at),
            't' => Word("true"u8, JsonValueKind.True, at),
            'f' => Word("false"u8, JsonValueKind.False, at),
            'n' => Word("null"u8, JsonValueKind.Null, at),
            _ => Number(at),
        };

    private int Word(ReadOnlySpan<byte> word, JsonValueKind kind, int at)
    {
        if (!_json[at..].StartsWith(word))
        {
            return None;
        }

        Add(new JsonRow(at, word.Length, _count + 1, kind));
        return at + word.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Text(int quote)
    {
        var (at, isEscaped) = (JsonTokens.EndOfRun(_json, quote + 1), false);
        while (Peek(at) != '"')
        {
            isEscaped = true;
            if ((at = JsonTokens.EndOfEscape(_json, at)) == None)
            {
                return None;
            }

            at = JsonTokens.EndOfRun(_json, at);
        }

        Add(new JsonRow(quote + 1, at - quote - 1, _count + 1, JsonValueKind.String, isEscaped));
        return at + 1;
    }

    private int Number(int at)
    {
        var end = JsonTokens.EndOfNumber(_json, at);
        if (end != None)
        {
            Add(new JsonRow(at, end - at, _count + 1, JsonValueKind.Number));
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Add(JsonRow row)
    {
        if (_count == _rows.Length)
        {
            Grow();
        }

        _rows[_count] = row;
        return _count++;
    }

    private void Grow()
    {
        var more = ArrayPool<JsonRow>.Shared.Rent(2 * _count);
        _rows.CopyTo(more, 0);
        ArrayPool<JsonRow>.Shared.Return(_rows);
        _rows = more;
    }
}
