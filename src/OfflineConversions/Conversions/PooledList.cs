using System.Buffers;
using System.Collections;

namespace OfflineConversions.Conversions;

/// <summary>
/// A list of one event in memory of the pool, which is cleared before it goes back. One that is never released is left
/// to the garbage collector.
/// </summary>
internal sealed class PooledList<T> : IReadOnlyList<T>
{
    private const int Fewest = 8;

    private T[] _items = [];

    public int Count { get; private set; }

    public Span<T> Span => _items.AsSpan(0, Count);

    public T this[int index] => Span[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            var more = ArrayPool<T>.Shared.Rent(Math.Max(Fewest, 2 * Count));
            Span.CopyTo(more);
            var count = Count;
            Release();
            (_items, Count) = (more, count);
        }

        _items[Count++] = item;
    }

    public void RemoveAt(int index)
    {
        Span[(index + 1)..].CopyTo(Span[index..]);
        _items[--Count] = default!;
    }

    /// <summary>Forgets everything, and gives the memory back.</summary>
    public void Release()
    {
        if (_items.Length > 0)
        {
            Span.Clear();
            ArrayPool<T>.Shared.Return(_items);
        }

        (_items, Count) = ([], 0);
    }

    public IEnumerator<T> GetEnumerator() => _items.Take(Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
