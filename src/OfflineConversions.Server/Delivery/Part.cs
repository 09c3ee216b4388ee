namespace OfflineConversions.Server.Delivery;

/// <summary>A run of a batch's events that is sent as one request.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct Part(int Start, int Count)
{
    /// <summary>The event after the last.</summary>
    public int End => Start + Count;

    /// <summary>The earlier half; never empty, and the whole of a single event.</summary>
    public Part FirstHalf => this with { Count = (Count + 1) / 2 };

    /// <summary>The later half.</summary>
    public Part SecondHalf => new(FirstHalf.End, Count - FirstHalf.Count);
}
