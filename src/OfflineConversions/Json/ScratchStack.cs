namespace OfflineConversions.Json;

/// <summary>
/// Numbers that are needed while something is read, on a stack. Mark the place before you push, and go back to it
/// afterwards.
/// </summary>
internal sealed class ScratchStack : IDisposable
{
    private const int MostKept = 4096;

    private int[] _numbers = [];

    /// <summary>How many numbers are in use: the mark to go back to.</summary>
    public int Count { get; private set; }

    /// <summary>An empty one, in the memory of the one that this thread disposed of last. Dispose of it once.</summary>
    public static ScratchStack Rent() => IdleOfThread<ScratchStack>.Take();

    public ref int this[int place] => ref _numbers[place];

    /// <summary>Pushes as many zeros.</summary>
    /// <returns>The place of the first.</returns>
    public int Push(int count)
    {
        var start = Count;
        if (_numbers.Length < start + count)
        {
            Array.Resize(ref _numbers, Math.Max(2 * start, start + count));
        }

        _numbers.AsSpan(start, count).Clear();
        Count = start + count;
        return start;
    }

    /// <summary>The numbers from a place on, until the next push.</summary>
    public Span<int> At(int place, int count) => _numbers.AsSpan(place, count);

    /// <summary>Forgets what was pushed since the mark.</summary>
    public void GoBack(int mark) => Count = mark;

    public void Dispose()
    {
        Count = 0;
        if (_numbers.Length <= MostKept)
        {
            IdleOfThread<ScratchStack>.Keep(this);
        }
    }
}
