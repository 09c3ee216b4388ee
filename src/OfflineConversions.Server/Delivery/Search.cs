namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Which requests a batch still needs. Meta refuses a request as a whole and rarely says for which event: a refused
/// part is halved until the event at fault stands alone, which takes 21 requests for one bad event in 1000 and at most
/// 151 for ten.
/// </summary>
internal sealed class Search
{
    private readonly Stack<Part> _parts;
    private bool _indexIsTrusted = true;
    private Part? _suspect;

    /// <param name="parts">What is to be sent, in order.</param>
    public Search(IEnumerable<Part> parts) => _parts = new Stack<Part>(parts.Reverse());

    /// <summary>Lets a single event go ahead of the rest.</summary>
    public void BeginWithOne()
    {
        if (_parts.TryPop(out var first))
        {
            Push(first with { Count = 1 }, new Part(first.Start + 1, first.Count - 1));
        }
    }

    /// <summary>The next part to send.</summary>
    public bool TryNext(out Part part) => _parts.TryPop(out part);

    /// <summary>
    /// Halves a part of several events, or singles out the one that Meta named (only the legacy API does).
    /// </summary>
    public void Divide(Part part, int? named = null)
    {
        if (_indexIsTrusted && named is { } index && index >= 0 && index < part.Count)
        {
            var suspect = new Part(part.Start + index, 1);
            _suspect = suspect;
            Push(suspect, new Part(part.Start, index), new Part(suspect.End, part.Count - index - 1));
        }
        else
        {
            Push(part.FirstHalf, part.SecondHalf);
        }
    }

    /// <summary>
    /// Meta took a part. Should it be the very event it had named, its index counts something else than we think.
    /// </summary>
    public void Taken(Part part) => _indexIsTrusted &= part != _suspect;

    /// <summary>The first is sent first; empty ones are left out.</summary>
    private void Push(params ReadOnlySpan<Part> parts)
    {
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i].Count > 0)
            {
                _parts.Push(parts[i]);
            }
        }
    }
}
