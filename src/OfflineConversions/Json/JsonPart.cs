using System.Collections;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// One value of a <see cref="JsonTree"/>, valid as long as that is. The default value is undefined: where something is
/// looked for and not found.
/// </summary>
internal readonly struct JsonPart
{
    private readonly JsonTree? _tree;
    private readonly int _row;

    internal JsonPart(JsonTree tree, int row)
    {
        _tree = tree;
        _row = row;
    }

    /// <summary>What kind of value it is.</summary>
    public JsonValueKind ValueKind => _tree is null ? JsonValueKind.Undefined : Row.Kind;

    /// <summary>The value as it is written; of a text, with its quotes. Empty if it is undefined.</summary>
    public ReadOnlySpan<byte> Utf8 =>
        ValueKind switch
        {
            JsonValueKind.Undefined => default,
            JsonValueKind.String => _tree!.Slice(Row.Start - 1, Row.Length + 2),
            _ => _tree!.Slice(Row.Start, Row.Length),
        };

    /// <summary>Whether a list or an object has nothing in it.</summary>
    internal bool HasNoParts => Row.Next == _row + 1;

    /// <summary>The bytes between the quotes of a text, still escaped.</summary>
    internal ReadOnlySpan<byte> Raw => _tree!.Slice(Row.Start, Row.Length);

    /// <summary>Whether a text contains a backslash.</summary>
    internal bool IsEscaped => Row.IsEscaped;

    internal JsonTree Tree => _tree!;

    internal int Index => _row;

    private ref readonly JsonRow Row => ref _tree!.Rows[_row];

    /// <summary>One value of a list.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The list is shorter.</exception>
    public JsonPart this[int position]
    {
        get
        {
            foreach (var item in EnumerateArray())
            {
                if (position-- == 0)
                {
                    return item;
                }
            }

            throw new ArgumentOutOfRangeException(nameof(position));
        }
    }

    /// <summary>The values of a list.</summary>
    public JsonItems EnumerateArray() => new(this);

    /// <summary>The members of an object in order; equal names are not joined.</summary>
    public JsonMembers EnumerateObject() => new(this);

    /// <summary>How many values a list has; counts them.</summary>
    public int GetArrayLength()
    {
        var count = 0;
        foreach (var _ in EnumerateArray())
        {
            count++;
        }

        return count;
    }

    /// <summary>What is in a slice of <see cref="Raw"/>.</summary>
    internal BodyText TextOf(ReadOnlySpan<byte> slice)
    {
        Raw.Overlaps(slice, out var start);
        return _tree!.TextAt(Row.Start + start, slice.Length);
    }

    /// <summary>The value as it is written.</summary>
    public string GetRawText() => Encoding.UTF8.GetString(Utf8);

    /// <summary>The text of a string, which must be Unicode.</summary>
    internal string GetString() => TextOf(Row, Raw, Utf8);

    /// <summary>The time of a text in the form of ISO 8601 that programs write.</summary>
    internal bool TryGetDateTimeOffset(out DateTimeOffset time)
    {
        var reader = new Utf8JsonReader(Utf8);
        reader.Read();
        return reader.TryGetDateTimeOffset(out time);
    }

    internal static string TextOf(in JsonRow row, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> quoted)
    {
        if (!row.IsEscaped)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString()!;
    }
}

/// <summary>One member of an object.</summary>
internal readonly struct JsonMember
{
    private readonly JsonTree _tree;
    private readonly int _row;

    internal JsonMember(JsonTree tree, int row)
    {
        _tree = tree;
        _row = row;
    }

    /// <summary>Its value.</summary>
    public JsonPart Value => new(_tree, _row + 1);

    /// <summary>Its name, which must be Unicode.</summary>
    internal string Name => JsonPart.TextOf(_tree.Rows[_row], RawName, new JsonPart(_tree, _row).Utf8);

    /// <summary>The bytes of its name, still escaped.</summary>
    internal ReadOnlySpan<byte> RawName => new JsonPart(_tree, _row).Raw;

    /// <summary>Whether its name contains a backslash.</summary>
    internal bool IsEscaped => _tree.Rows[_row].IsEscaped;
}

/// <summary>The values of a list.</summary>
internal struct JsonItems : IEnumerable<JsonPart>, IEnumerator<JsonPart>
{
    private readonly JsonTree _tree;
    private readonly int _end;
    private int _row;
    private int _next;

    internal JsonItems(JsonPart list)
    {
        _tree = list.Tree;
        _next = list.Index + 1;
        _end = _tree.Rows[list.Index].Next;
    }

    /// <inheritdoc/>
    public readonly JsonPart Current => new(_tree, _row);

    readonly object IEnumerator.Current => Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_next >= _end)
        {
            return false;
        }

        _row = _next;
        _next = _tree.Rows[_row].Next;
        return true;
    }

    /// <summary>The values, from the first.</summary>
    public readonly JsonItems GetEnumerator() => this;

    readonly IEnumerator<JsonPart> IEnumerable<JsonPart>.GetEnumerator() => this;

    readonly IEnumerator IEnumerable.GetEnumerator() => this;

    readonly void IEnumerator.Reset() => throw new NotSupportedException();

    readonly void IDisposable.Dispose() { }
}

/// <summary>The members of an object.</summary>
internal struct JsonMembers : IEnumerable<JsonMember>, IEnumerator<JsonMember>
{
    private readonly JsonTree _tree;
    private readonly int _end;
    private int _row;
    private int _next;

    internal JsonMembers(JsonPart owner)
    {
        _tree = owner.Tree;
        _next = owner.Index + 1;
        _end = _tree.Rows[owner.Index].Next;
    }

    /// <inheritdoc/>
    public readonly JsonMember Current => new(_tree, _row);

    readonly object IEnumerator.Current => Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_next >= _end)
        {
            return false;
        }

        _row = _next;
        _next = _tree.Rows[_row + 1].Next;
        return true;
    }

    /// <summary>The members, from the first.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    readonly IEnumerator<JsonMember> IEnumerable<JsonMember>.GetEnumerator() => this;

    readonly IEnumerator IEnumerable.GetEnumerator() => this;

    readonly void IEnumerator.Reset() => throw new NotSupportedException();

    readonly void IDisposable.Dispose() { }
}
