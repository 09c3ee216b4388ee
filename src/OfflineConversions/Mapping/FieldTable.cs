namespace OfflineConversions.Mapping;

/// <summary>
/// A vendor's field table as data, easy to compare with the vendor's page: each field with its paths, of which the
/// first non-empty one wins. A path consists of names and list positions joined by dots (<c>items.0.x</c>).
/// </summary>
internal sealed class FieldTable
{
    private readonly OrderedDictionary<Field, IReadOnlyList<string>> _rows = [];

    /// <summary>The paths of a field.</summary>
    public IReadOnlyList<string> this[Field field]
    {
        get => _rows.TryGetValue(field, out var paths) ? paths : [];
        init => _rows[field] = value;
    }

    /// <summary>All rows in the order of the page.</summary>
    public IReadOnlyList<KeyValuePair<Field, IReadOnlyList<string>>> Rows => _rows;

    /// <summary>The same table with one row replaced.</summary>
    public FieldTable With(Field field, IReadOnlyList<string> paths)
    {
        var table = Rewrite(path => [path]);
        table._rows[field] = paths;
        return table;
    }

    /// <summary>The same table with every path rewritten to one or several.</summary>
    public FieldTable Rewrite(Func<string, string[]> rewrite)
    {
        var table = new FieldTable();
        foreach (var (field, paths) in _rows)
        {
            table._rows[field] = paths.SelectMany(rewrite).ToArray();
        }

        return table;
    }
}
