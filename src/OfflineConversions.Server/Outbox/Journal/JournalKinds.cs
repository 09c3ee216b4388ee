using OfflineConversions.Conversions;
using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The kinds of the events of a block, and the lanes that they name.</summary>
internal sealed class JournalKinds
{
    // So many kinds are compared one after another, which needs no object for the search.
    private const int FewKinds = 12;

    private readonly List<JournalKind> _kinds = [];
    private readonly Dictionary<JournalKind, int> _places = [];
    private readonly List<JournalLane> _lanes = [];
    private int _last;

    public IReadOnlyList<JournalKind> All => _kinds;

    public IReadOnlyList<JournalLane> Lanes => _lanes;

    /// <summary>Adds the kinds and the lanes of another block.</summary>
    /// <returns>The numbers that its kinds have here.</returns>
    public IReadOnlyList<int> Add(JournalKinds other)
    {
        var lanes = other._lanes.ConvertAll(lane => LaneOf(lane.Dataset));
        for (var lane = 0; lane < lanes.Count; lane++)
        {
            foreach (var run in other._lanes[lane].Runs)
            {
                _lanes[lanes[lane]].Add(run);
            }
        }

        return other._kinds.ConvertAll(kind =>
            NumberOf(
                kind with
                {
                    Targets = [.. kind.Targets.Select(target => target with { Lane = lanes[target.Lane] })],
                }
            )
        );
    }

    public void Restore(JournalKind kind) => _kinds.Add(kind);

    public void Restore(JournalLane lane) => _lanes.Add(lane);

    public void Clear()
    {
        _kinds.Clear();
        _places.Clear();
        _lanes.Clear();
        _last = 0;
    }

    /// <summary>The number of the kind of an arrival.</summary>
    public int NumberOf(Arrivals arrivals, EventResult result, ArrivalOutcome outcome, ReadOnlySpan<ChunkPlace> places)
    {
        if (_kinds.Count > 0 && IsOf(_kinds[_last], arrivals, result, outcome, places))
        {
            return _last;
        }

        var few = Math.Min(FewKinds, _kinds.Count);
        for (var kind = 0; kind < few; kind++)
        {
            if (IsOf(_kinds[kind], arrivals, result, outcome, places))
            {
                return _last = kind;
            }
        }

        var isHidden = outcome.Reason == Reason.Erased;
        var targets = new List<JournalTarget>();
        for (var delivery = 0; delivery < places.Length; delivery++)
        {
            if (places[delivery].Chunk is not null)
            {
                var stored = result.Deliveries[delivery];
                var name = EventNames.Guarded(stored.EventName) ?? EventNameLimit.Hidden;
                targets.Add(new JournalTarget(LaneOf(stored.DatasetId), name));
            }
        }

        return _last = NumberOf(
            new JournalKind(
                arrivals.Connection,
                arrivals.Source,
                isHidden ? null : result.EventName,
                outcome.Outcome,
                outcome.Reason,
                result.Warnings,
                targets
            )
        );
    }

    private bool IsOf(
        JournalKind kind,
        Arrivals arrivals,
        EventResult result,
        ArrivalOutcome outcome,
        ReadOnlySpan<ChunkPlace> places
    )
    {
        if (
            kind.Outcome != outcome.Outcome
            || kind.Reason != outcome.Reason
            || kind.EventName != (outcome.Reason == Reason.Erased ? null : result.EventName)
            || kind.Connection != arrivals.Connection
            || kind.Source != arrivals.Source
            || !HasWarnings(kind, result)
        )
        {
            return false;
        }

        var target = 0;
        for (var delivery = 0; delivery < places.Length; delivery++)
        {
            if (places[delivery].Chunk is null)
            {
                continue;
            }

            if (
                target == kind.Targets.Count
                || _lanes[kind.Targets[target].Lane].Dataset != result.Deliveries[delivery].DatasetId
                || kind.Targets[target].EventName != result.Deliveries[delivery].EventName
            )
            {
                return false;
            }

            target++;
        }

        return target == kind.Targets.Count;
    }

    private static bool HasWarnings(JournalKind kind, EventResult result)
    {
        if (kind.Warnings.Count != result.Warnings.Count)
        {
            return false;
        }

        for (var warning = 0; warning < kind.Warnings.Count; warning++)
        {
            if (kind.Warnings[warning] != result.Warnings[warning])
            {
                return false;
            }
        }

        return true;
    }

    private int NumberOf(JournalKind kind)
    {
        if (!_places.TryGetValue(kind, out var place))
        {
            place = _kinds.Count;
            _kinds.Add(kind);
            _places.Add(kind, place);
        }

        return place;
    }

    private int LaneOf(string dataset)
    {
        for (var lane = 0; lane < _lanes.Count; lane++)
        {
            if (_lanes[lane].Dataset == dataset)
            {
                return lane;
            }
        }

        _lanes.Add(new JournalLane(dataset));
        return _lanes.Count - 1;
    }
}
