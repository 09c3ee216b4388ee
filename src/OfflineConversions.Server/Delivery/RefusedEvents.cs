using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The events of one batch that Meta refused. A few bad events among many are buried. If a large part of a large batch
/// is refused, or one event after the other in the same way while none is accepted, the events are probably not the
/// cause (a dataset of the wrong kind, a broken mapping). Then a halt that keeps them is better than a full failed
/// list.
/// </summary>
internal sealed class RefusedEvents(Batch batch)
{
    /// <summary>The smallest batch for which a percentage is meaningful.</summary>
    private const int LargeBatch = 200;
    private const int MaxPercent = 5;

    /// <summary>This many identical refusals without a success are not a coincidence.</summary>
    private const int ManyAlike = 20;

    private readonly List<Refusal> _refused = [];
    private bool _anyAccepted;

    /// <summary>Whether the events are probably not the cause.</summary>
    public bool AreTooMany => IsLargeShare || AreAllAlike;

    private bool IsLargeShare =>
        batch.Whole.Count >= LargeBatch && _refused.Count * 100 > batch.Whole.Count * MaxPercent;

    private bool AreAllAlike =>
        !_anyAccepted
        && _refused.Count >= ManyAlike
        && _refused.TrueForAll(refusal =>
            refusal.Response.Error?.Code == _refused[0].Response.Error?.Code
            && refusal.Response.Error?.Subcode == _refused[0].Response.Error?.Subcode
        );

    /// <summary>Meta has accepted some events of the batch.</summary>
    public void NoteAccepted() => _anyAccepted = true;

    /// <summary>Meta has refused a single event. A batch too small to judge buries it at once.</summary>
    public void Add(int index, string reason, GraphResponse response)
    {
        _refused.Add(new Refusal(index, reason, response));
        if (batch.Whole.Count < ManyAlike)
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

    private sealed record Refusal(int Index, string Reason, GraphResponse Response);
}
