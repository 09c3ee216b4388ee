using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>
/// A field table compiled to a tree of UTF-8 names. Reading an object walks it once along that tree, so the cost
/// follows the document and not the number of fallback paths.
/// </summary>
internal sealed class CompiledTable
{
    private readonly Node _root = new([]);
    private readonly (int First, int Count)[] _slots = new (int, int)[Enum.GetValues<Field>().Length];
    private readonly bool _ignoreCase;
    private int _slotCount;
    private int _nodeCount;

    /// <summary>
    /// Compiles the table. Names are compared exactly unless <paramref name="ignoreCase"/> is set (ASCII letters only).
    /// </summary>
    public CompiledTable(FieldTable table, bool ignoreCase = false)
    {
        _ignoreCase = ignoreCase;
        foreach (var (field, paths) in table.Rows)
        {
            _slots[(int)field] = (_slotCount, paths.Count);
            foreach (var path in paths)
            {
                Add(path, _slotCount++);
            }
        }
    }

    /// <summary>Reads every field of an object in one walk. Of duplicate names the last wins.</summary>
    public FieldValues Read(JsonElement element)
    {
        var values = new JsonElement[_slotCount];
        Walk(element, _root, values, stackalloc bool[_nodeCount]);
        return new FieldValues(values, _slots);
    }

    private void Walk(JsonElement element, Node node, JsonElement[] values, Span<bool> seen)
    {
        foreach (var slot in node.Slots)
        {
            values[slot] = element;
        }

        if (node.Children.Count == 0)
        {
            return;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (Find(node, property) is { } child)
                {
                    if (seen[child.Number])
                    {
                        child.Forget(values);
                    }

                    seen[child.Number] = true;
                    Walk(property.Value, child, values, seen);
                }
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var child in node.Children)
            {
                if (child.Position is { } position && position < element.GetArrayLength())
                {
                    Walk(element[position], child, values, seen);
                }
            }
        }
    }

    private Node? Find(Node node, JsonProperty property)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(property);
        if (name.Contains((byte)'\\'))
        {
            name = JsonText.NameOf(property) is { } unescaped ? Encoding.UTF8.GetBytes(unescaped) : default;
        }

        // Most names of a document are in no table: their length alone tells.
        foreach (var child in node.ChildrenOfLength(name.Length))
        {
            if (IsNamed(child, name))
            {
                return child;
            }
        }

        return null;
    }

    private bool IsNamed(Node node, ReadOnlySpan<byte> name) =>
        _ignoreCase ? Ascii.EqualsIgnoreCase(node.Name, name) : name.SequenceEqual(node.Name);

    private void Add(string path, int slot)
    {
        var node = _root;
        foreach (var name in path.Split('.'))
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var child = node.Children.Find(known => known.Name.AsSpan().SequenceEqual(utf8));
            if (child is null)
            {
                child = new Node(utf8) { Number = _nodeCount++ };
                node.Add(child);
            }

            child.SubtreeSlots.Add(slot);
            node = child;
        }

        node.Slots.Add(slot);
    }

    private sealed class Node(byte[] name)
    {
        private Node[][] _byLength = [];

        public byte[] Name { get; } = name;

        public int Number { get; init; }

        public int? Position { get; } =
            int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;

        public List<Node> Children { get; } = [];

        public List<int> Slots { get; } = [];

        public List<int> SubtreeSlots { get; } = [];

        public void Add(Node child)
        {
            Children.Add(child);
            _byLength =
            [
                .. Enumerable
                    .Range(0, Children.Max(known => known.Name.Length) + 1)
                    .Select(length => Children.Where(known => known.Name.Length == length).ToArray()),
            ];
        }

        public ReadOnlySpan<Node> ChildrenOfLength(int length) =>
            length < _byLength.Length ? _byLength[length] : default;

        // A name that comes twice starts afresh: nothing of the first one may shine through.
        public void Forget(JsonElement[] values)
        {
            foreach (var slot in SubtreeSlots)
            {
                values[slot] = default;
            }
        }
    }
}
