namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The events of one batch that Meta refused. A few bad events among many are buried. If a large part of a large batch
/// is refused, or one event after the other in the same way (<see cref="RefusalStreaks"/>), the events are probably not
/// the cause (a dataset of the wrong kind, a broken mapping). Then a halt that keeps them is better than a full failed
/// list.
/// </summary>
internal sealed class RefusedEvents(Batch batch)
{
    /// <summary>The smallest batch for which a percentage is meaningful.</summary>
    private const int LargeBatch = 200;
    private const int MaxPercent = 5;

    private readonly List<Refusal> _refused = [];

    /// <summary>Whether so much of the batch is refused that the events are probably not the cause.</summary>
    public bool AreTooMany => batch.Whole.Count >= LargeBatch && _refused.Count * 100 > batch.Whole.Count * MaxPercent;

    /// <summary>Whether Meta has accepted some events of the batch.</summary>
    public bool AnyAccepted { get; private set; }

    /// <summary>Meta has accepted some events of the batch.</summary>
    public void NoteAccepted() => AnyAccepted = true;

    /// <summary>Meta has refused a single event.</summary>
    public void Add(int index, string reason, GraphResponse response) =>
        _refused.Add(new Refusal(index, reason, response));

    /// <summary>Buries them at once if the batch is too small for a halt that keeps all of them.</summary>
    public void BuryIfFew()
    {
        if (batch.Whole.Count < RefusalStreaks.Longest)
        {
            BuryAll();
        }
    }

    /// <summary>Moves all of them to the failed list.</summary>
    public void BuryAll()
    {
        foreach (var (index, reason, response) in _refused)
        {
            batch.Bury(index, reason, response);
        }
    }

    /// <summary>Leaves those that are not buried in the outbox.</summary>
    /// <param name="due">When they may be sent again.</param>
    public void KeepAll(DateTimeOffset due)
    {
        foreach (var (index, _, response) in _refused)
        {
            batch.Keep(new EventRange(index, 1), due, tried: false, response);
        }

        _refused.Clear();
    }

    private sealed record Refusal(int Index, string Reason, GraphResponse Response);
}
