using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// A JSON text and an index of its values, which refer to the text. As strict as <see cref="JsonDocument"/>, and
/// cheaper: it finds the values in one pass, has no row for the end of a list or an object, and reads names and values
/// without copying them. Not valid after it is disposed, because its memory is used again.
/// </summary>
internal sealed class JsonTree : IDisposable
{
    // The memory of one huge body must not be kept by every thread.
    private const int BytesOfRow = 12;

    private readonly byte[] _json;
    private readonly int _start;
    private readonly int _length;
    private JsonRow[] _rows;

    private JsonTree(ArraySegment<byte> json)
    {
        _json = json.Array!;
        _start = json.Offset;
        _length = json.Count;
        _rows = ArrayPool<JsonRow>.Shared.Rent((json.Count / BytesOfRow) + 1);
    }

    /// <summary>The value that contains all others.</summary>
    public JsonPart Root => new(this, 0);

    /// <summary>Memory for what is found in the tree, given back with it.</summary>
    internal ScratchStack Scratch { get; } = ScratchStack.Rent();

    internal JsonRow[] Rows => _rows;

    /// <summary>Reads a JSON text, which must not change while the tree is in use.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="maxDepth">The deepest nesting. Default <see cref="JsonLimits.MaxDepth"/>.</param>
    /// <exception cref="JsonException">It is not strict JSON, or nested too deeply.</exception>
    public static JsonTree Parse(ReadOnlyMemory<byte> json, int maxDepth = JsonLimits.MaxDepth)
    {
        var tree = new JsonTree(MemoryMarshal.TryGetArray(json, out var array) ? array : new(json.ToArray()));
        var scanner = new JsonScanner(tree.Slice(0, tree._length), tree._rows, maxDepth);
        var isJson = scanner.Scan();
        tree._rows = scanner.Rows;
        if (!isJson)
        {
            tree.Dispose();
            throw Error(json.Span, maxDepth);
        }

        return tree;
    }

    /// <summary>Reads a JSON text.</summary>
    internal static JsonTree Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    internal ReadOnlySpan<byte> Slice(int start, int length) => _json.AsSpan(_start + start, length);

    /// <summary>A text of the body.</summary>
    internal BodyText TextAt(int start, int length) => new(_json, _start + start, length);

    /// <summary>Gives its memory back.</summary>
    public void Dispose()
    {
        // Twice is once: another body may have its memory by then.
        if (_rows.Length > 0)
        {
            ArrayPool<JsonRow>.Shared.Return(_rows);
            _rows = [];
            Scratch.Dispose();
        }
    }

    // The framework's reader says what is wrong, and where.
    private static JsonException Error(ReadOnlySpan<byte> json, int maxDepth)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            while (reader.Read()) { }
        }
        catch (JsonException error)
        {
            return error;
        }

        return new JsonException("The text is not JSON.");
    }
}

/// <summary>One name or value of a <see cref="JsonTree"/>. A name comes directly before its value.</summary>
/// <param name="Start">Where it starts; that of a name or text after its quote.</param>
/// <param name="Length">How long it is; that of a name or text without its quotes.</param>
internal readonly record struct JsonRow(int Start, int Length)
{
    private const int KindBits = 4;
    private const int KindMask = (1 << KindBits) - 1;
    private const int EscapedBit = 8;

    private readonly int _nextAndKind;

    /// <summary>A row for what ends before the row <paramref name="next"/>.</summary>
    public JsonRow(int start, int length, int next, JsonValueKind kind, bool isEscaped = false)
        : this(start, length) => _nextAndKind = (next << KindBits) | (isEscaped ? EscapedBit : 0) | (int)kind;

    /// <summary>The row after it and everything in it.</summary>
    public int Next => _nextAndKind >> KindBits;

    /// <summary>The kind of the value; a name is a string.</summary>
    public JsonValueKind Kind => (JsonValueKind)(_nextAndKind & KindMask & ~EscapedBit);

    /// <summary>Whether a name or text contains a backslash.</summary>
    public bool IsEscaped => (_nextAndKind & EscapedBit) != 0;
}
