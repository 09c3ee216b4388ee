using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// The events of one batch that Meta refused. A few bad ones among many are buried. Where a large batch is full of
/// them, or one after the other is refused for the same reason and nothing gets through, the fault lies elsewhere (a
/// dataset of the wrong kind, a mapping gone wrong), and a halt that keeps the events serves better than a failed list
/// that overflows.
/// </summary>
internal sealed class Refusals(Batch batch)
{
    /// <summary>From this size on a batch is large enough to speak of a share.</summary>
    private const int LargeBatch = 200;
    private const int MostPercent = 5;

    /// <summary>So many refusals of one kind, and no success beside them, are no coincidence.</summary>
    private const int ManyAlike = 20;

    private readonly List<(int Index, string Reason, GraphResponse Answer)> _refused = [];
    private bool _someWereTaken;

    /// <summary>Whether the events are hardly the ones at fault.</summary>
    public bool AreTooMany => IsLargeShare || AreAllAlike;

    private bool IsLargeShare =>
        batch.Whole.Count >= LargeBatch && _refused.Count * 100 > batch.Whole.Count * MostPercent;

    private bool AreAllAlike =>
        !_someWereTaken
        && _refused.Count >= ManyAlike
        && _refused.TrueForAll(refusal =>
            (refusal.Answer.Error?.Code, refusal.Answer.Error?.Subcode)
            == (_refused[0].Answer.Error?.Code, _refused[0].Answer.Error?.Subcode)
        );

    /// <summary>Meta took a part of the batch.</summary>
    public void Taken() => _someWereTaken = true;

    /// <summary>Meta refused a single event. A batch too small for a judgement loses it at once.</summary>
    public void Add(int index, string reason, GraphResponse answer)
    {
        _refused.Add((index, reason, answer));
        if (batch.Whole.Count < ManyAlike)
        {
            BuryAll();
        }
    }

    /// <summary>They were the ones at fault after all.</summary>
    public void BuryAll()
    {
        foreach (var (index, reason, answer) in _refused)
        {
            batch.Bury(index, reason, answer);
        }
    }
}
