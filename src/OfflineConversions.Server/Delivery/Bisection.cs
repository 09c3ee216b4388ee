namespace OfflineConversions.Server.Delivery;

/// <summary>A range of a batch's events that is sent as one request.</summary>
/// <param name="Start">The index of the first event.</param>
/// <param name="Count">The number of events.</param>
internal readonly record struct EventRange(int Start, int Count)
{
    /// <summary>The index after the last event.</summary>
    public int End => Start + Count;

    /// <summary>The first half; the whole range if it has one event.</summary>
    public EventRange FirstHalf => this with { Count = (Count + 1) / 2 };

    /// <summary>The second half; empty if the range has one event.</summary>
    public EventRange SecondHalf => new(FirstHalf.End, Count - FirstHalf.Count);
}

/// <summary>
/// The requests that a batch still needs. Meta refuses a request as a whole and rarely says which event is bad, so a
/// refused range is halved until the bad event is alone. That takes 21 requests for one bad event in 1000 and at most
/// 151 for ten.
/// </summary>
internal sealed class Bisection
{
    private readonly Stack<EventRange> _ranges;
    private bool _indexIsTrusted = true;
    private EventRange? _suspect;

    /// <param name="ranges">The ranges to send, in order.</param>
    public Bisection(IEnumerable<EventRange> ranges) => _ranges = new Stack<EventRange>(ranges.Reverse());

    /// <summary>Sends the first event alone, ahead of the others.</summary>
    public void BeginWithOne()
    {
        if (_ranges.TryPop(out var first))
        {
            Push(first with { Count = 1 }, new EventRange(first.Start + 1, first.Count - 1));
        }
    }

    /// <summary>The next range to send.</summary>
    public bool TryNext(out EventRange range) => _ranges.TryPop(out range);

    /// <summary>Halves a refused range, or isolates the event that the legacy API reports.</summary>
    /// <param name="range">The refused range.</param>
    /// <param name="reported">The reported position of the bad event within the range.</param>
    public void Split(EventRange range, int? reported = null)
    {
        if (_indexIsTrusted && reported is { } index && index >= 0 && index < range.Count)
        {
            var suspect = new EventRange(range.Start + index, 1);
            _suspect = suspect;
            Push(suspect, new EventRange(range.Start, index), new EventRange(suspect.End, range.Count - index - 1));
        }
        else
        {
            Push(range.FirstHalf, range.SecondHalf);
        }
    }

    /// <summary>
    /// Meta has accepted a range. If that is the event which Meta reported as bad, its positions mean something else,
    /// and they are ignored from now on.
    /// </summary>
    public void Accepted(EventRange range) => _indexIsTrusted &= range != _suspect;

    /// <summary>Puts ranges in front of the others, in the given order. Empty ones are left out.</summary>
    private void Push(params ReadOnlySpan<EventRange> ranges)
    {
        for (var i = ranges.Length - 1; i >= 0; i--)
        {
            if (ranges[i].Count > 0)
            {
                _ranges.Push(ranges[i]);
            }
        }
    }
}
