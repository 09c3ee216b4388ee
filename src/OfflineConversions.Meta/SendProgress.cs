using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>Neighbouring events of a batch.</summary>
/// <param name="Start">The position of the first.</param>
/// <param name="Count">How many, at least one.</param>
internal readonly record struct SendRange(int Start, int Count);

/// <summary>Which events of a batch are sent next, and what became of the others. Not thread-safe.</summary>
internal sealed class SendProgress
{
    private readonly IReadOnlyList<EventDelivery> _all;
    private readonly Stack<SendRange> _open = new();
    private readonly List<EventDelivery> _delivered = [];
    private readonly List<RefusedEvent> _refused = [];
    private readonly List<EventDelivery> _waiting = [];
    private int _refusedInARow;
    private NextStep? _cause;
    private GraphResponse? _response;

    /// <summary>Begins with all of them.</summary>
    public SendProgress(IReadOnlyList<EventDelivery> all)
    {
        _all = all;
        if (all.Count > 0)
        {
            _open.Push(new SendRange(0, all.Count));
        }
    }

    /// <summary>What to send next, in order; <see langword="null"/> when the report is complete.</summary>
    public SendRange? Next() => _open.TryPop(out var range) ? range : null;

    /// <summary>Notes the response to a request with a range.</summary>
    public void Note(SendRange range, GraphResponse response)
    {
        switch (Classifier.Classify(response, range.Count))
        {
            case NextStep.Complete:
                _delivered.AddRange(Of(range));
                _refusedInARow = 0;
                break;
            case NextStep.Bisect:
                var half = range.Count / 2;
                _open.Push(new SendRange(range.Start + half, range.Count - half));
                _open.Push(range with { Count = half });
                break;
            case NextStep.Bury bury:
                Refuse(new RefusedEvent(_all[range.Start], bury.Reason, response.Error), response);
                break;
            case var later:
                Stop(later, response, range);
                break;
        }
    }

    /// <summary>What became of all events.</summary>
    public SendReport Report() => new(_delivered, _refused, _waiting, _cause, _response);

    private void Refuse(RefusedEvent refused, GraphResponse response)
    {
        var isLikeTheLast =
            _refused is [.., var last]
            && (last.Error?.Code, last.Error?.Subcode) == (refused.Error?.Code, refused.Error?.Subcode);
        _refusedInARow = isLikeTheLast ? _refusedInARow + 1 : 1;
        _refused.Add(refused);
        if (_refusedInARow >= MetaConversionsClient.MostRefusedInARow && _open.Count > 0)
        {
            Stop(new NextStep.Halt(DeliveryReason.TooManyRefused, HaltLevel.Dataset), response);
        }
    }

    private void Stop(NextStep cause, GraphResponse response, params ReadOnlySpan<SendRange> unsent)
    {
        (_cause, _response) = (cause, response);
        foreach (var range in unsent)
        {
            _waiting.AddRange(Of(range));
        }

        while (Next() is { } range)
        {
            _waiting.AddRange(Of(range));
        }
    }

    private IEnumerable<EventDelivery> Of(SendRange range) => _all.Skip(range.Start).Take(range.Count);
}
