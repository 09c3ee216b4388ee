using System.Collections.Frozen;
using System.Globalization;
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
    private readonly List<string> _paths = [];
    private int _slotCount;
    private int _nodeCount;

    /// <summary>Compiles the table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="ignoreCase">
    /// Names are found in any case (ASCII letters only), but the exact spelling wins unless its value is empty.
    /// </param>
    /// <param name="ignoreCaseBelow">The same for names below one of this name only.</param>
    public CompiledTable(FieldTable table, bool ignoreCase = false, string? ignoreCaseBelow = null)
    {
        foreach (var (field, paths) in table.Rows)
        {
            _slots[(int)field] = (_slotCount, paths.Count);
            foreach (var path in paths)
            {
                Add(path, _slotCount++, ignoreCase, ignoreCaseBelow);
                _paths.Add(path);
            }
        }
    }

    /// <summary>
    /// Reads every field of an object in one walk. Of duplicate names the last wins. What was found is valid until the
    /// tree's scratch goes back.
    /// </summary>
    public FieldValues Read(JsonPart element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            return new FieldValues(tree: null, first: 0, _slots);
        }

        var scratch = element.Tree.Scratch;
        var first = scratch.Push(_slotCount);
        Walk(element.Tree, element.Index, _root, scratch.At(first, _slotCount), stackalloc Seen[_nodeCount]);
        return new FieldValues(element.Tree, first, _slots);
    }

    /// <summary>
    /// The names directly under a prefix that the table reads, each with its slots. The empty prefix is the root.
    /// </summary>
    /// <param name="prefix">The prefix, without a dot at its end.</param>
    /// <param name="except">Fields that only look at a property and leave it to others.</param>
    public FreeProperties FreePropertiesUnder(string prefix, params IReadOnlyCollection<Field> except)
    {
        var start = prefix.Length == 0 ? "" : prefix + ".";
        var left = except
            .SelectMany(field => Enumerable.Range(_slots[(int)field].First, _slots[(int)field].Count))
            .ToHashSet();
        return new FreeProperties(
            _paths
                .Index()
                .Where(slot => !left.Contains(slot.Index) && slot.Item.StartsWith(start, StringComparison.Ordinal))
                .GroupBy(slot => slot.Item[start.Length..].Split('.')[0], slot => slot.Index, StringComparer.Ordinal)
                .ToFrozenDictionary(slots => slots.Key, slots => slots.ToArray(), StringComparer.Ordinal)
        );
    }

    private static void Walk(JsonTree tree, int row, Node node, Span<int> values, Span<Seen> seen)
    {
        foreach (var slot in node.Slots)
        {
            values[slot] = FieldValues.Found(row);
        }

        if (node.Children.Length == 0)
        {
            return;
        }

        // By row numbers instead of parts, because this is a tenth of the work for an event.
        var rows = tree.Rows;
        var (kind, end) = (rows[row].Kind, rows[row].Next);
        if (kind == JsonValueKind.Object)
        {
            for (var name = row + 1; name < end; name = rows[name + 1].Next)
            {
                if (Find(node, new JsonMember(tree, name), out var now) is { } child && Wins(now, seen[child.Number]))
                {
                    if (seen[child.Number] != Seen.No)
                    {
                        child.Forget(values, seen);
                    }

                    seen[child.Number] = now;
                    Walk(tree, name + 1, child, values, seen);
                }
            }
        }
        else if (kind == JsonValueKind.Array)
        {
            var position = 0;
            for (var item = row + 1; item < end && position <= node.LastPosition; item = rows[item].Next)
            {
                foreach (var child in node.Children)
                {
                    if (child.Position == position)
                    {
                        Walk(tree, item, child, values, seen);
                    }
                }

                position++;
            }
        }
    }

    // Of equal names the last one wins. The exact spelling wins over others, unless its value is empty.
    private static bool Wins(Seen now, Seen before) =>
        before == Seen.No
        || (now.HasFlag(Seen.Exactly) && before.HasFlag(Seen.Exactly))
        || now > before
        || (now == before && now.HasFlag(Seen.WithValue));

    private static Node? Find(Node node, JsonMember property, out Seen seen)
    {
        var name = property.RawName;
        if (property.IsEscaped)
        {
            name = JsonText.NameOf(property) is { } unescaped ? Encoding.UTF8.GetBytes(unescaped) : default;
        }

        // Most names of a document are in no table, and most of those have a length that no name of it has.
        var inOtherCase = default(Node);
        foreach (var child in node.ChildrenOfLength(name.Length))
        {
            if (name.SequenceEqual(child.Name))
            {
                seen = Seen.Exactly | ValueOf(property);
                return child;
            }

            if (child.IgnoresCase && Ascii.EqualsIgnoreCase(child.Name, name))
            {
                inOtherCase ??= child;
            }
        }

        seen = inOtherCase is null ? Seen.No : Seen.InOtherCase | ValueOf(property);
        return inOtherCase;
    }

    private static Seen ValueOf(JsonMember property) => JsonText.IsEmpty(property.Value) ? Seen.No : Seen.WithValue;

    private void Add(string path, int slot, bool ignoreCase, string? ignoreCaseBelow)
    {
        var node = _root;
        foreach (var name in path.Split('.'))
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var child = Array.Find(node.Children, known => known.Name.AsSpan().SequenceEqual(utf8));
            if (child is null)
            {
                child = new Node(utf8) { Number = _nodeCount++, IgnoresCase = ignoreCase };
                node.Add(child);
            }

            ignoreCase |= name == ignoreCaseBelow;
            child.SubtreeSlots.Add(slot);
            node = child;
        }

        node.AddSlot(slot);
    }

    // A larger value wins.
    [Flags]
    private enum Seen : byte
    {
        No = 0,
        InOtherCase = 1,
        Exactly = 2,
        WithValue = 4,
    }

    private sealed class Node(byte[] name)
    {
        private Node[][] _byLength = [];

        public byte[] Name { get; } = name;

        public int Number { get; init; }

        public bool IgnoresCase { get; init; }

        public int? Position { get; } =
            int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;

        public int LastPosition { get; private set; } = -1;

        public Node[] Children { get; private set; } = [];

        public int[] Slots { get; private set; } = [];

        public List<int> SubtreeSlots { get; } = [];

        public void Add(Node child)
        {
            Children = [.. Children, child];
            LastPosition = Math.Max(LastPosition, child.Position ?? LastPosition);
            _byLength =
            [
                .. Enumerable
                    .Range(0, Children.Max(known => known.Name.Length) + 1)
                    .Select(length => Children.Where(known => known.Name.Length == length).ToArray()),
            ];
        }

        public void AddSlot(int slot) => Slots = [.. Slots, slot];

        public ReadOnlySpan<Node> ChildrenOfLength(int length) =>
            length < _byLength.Length ? _byLength[length] : default;

        // Of a name that occurs twice, nothing of the first value may remain.
        public void Forget(Span<int> values, Span<Seen> seen)
        {
            seen[Number] = Seen.No;
            foreach (var slot in SubtreeSlots)
            {
                values[slot] = default;
            }

            foreach (var child in Children)
            {
                child.Forget(values, seen);
            }
        }
    }
}
