using System.Text;

namespace OfflineConversions.Mapping;

/// <summary>
/// What belongs to each of a few names, found by the bytes of a name. Most names that are looked up are not there, and
/// have a length that none of those has.
/// </summary>
internal sealed class Utf8Names<T>
    where T : class
{
    private readonly Entry[][] _byLength;

    public Utf8Names(IEnumerable<KeyValuePair<string, T>> names)
    {
        var entries = names.Select(name => new Entry(Encoding.UTF8.GetBytes(name.Key), name.Value)).ToArray();
        var longest = entries.Length == 0 ? 0 : entries.Max(entry => entry.Name.Length);
        _byLength =
        [
            .. Enumerable
                .Range(0, longest + 1)
                .Select(length => entries.Where(entry => entry.Name.Length == length).ToArray()),
        ];
    }

    /// <summary>What belongs to the name, or <see langword="null"/>.</summary>
    public T? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < _byLength.Length)
        {
            foreach (var entry in _byLength[name.Length])
            {
                if (name.SequenceEqual(entry.Name))
                {
                    return entry.Value;
                }
            }
        }

        return null;
    }

    private readonly record struct Entry(byte[] Name, T Value);
}
