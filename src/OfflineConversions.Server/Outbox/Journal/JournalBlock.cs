using System.Runtime.InteropServices;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// Arrivals one after the other, in columns: two digests and the number of a kind for each. Reusable after
/// <see cref="Clear"/>. Its stored form is <see cref="JournalFormat"/>.
/// </summary>
internal sealed class JournalBlock
{
    /// <summary>The most events: the number of a kind takes two bytes at most.</summary>
    public const int MostEvents = 1 << 16;

    /// <summary>Of a longer id only the beginning is kept in clear text: callers choose its length.</summary>
    public const int LongestText = 200;

    // So many kinds are compared one after another, which needs no object for the search.
    private const int FewKinds = 12;

    private readonly List<ulong> _eventIds = [];
    private readonly List<ulong> _orderIds = [];
    private readonly List<ushort> _kindOf = [];
    private readonly List<JournalKind> _kinds = [];
    private readonly Dictionary<JournalKind, ushort> _places = [];
    private readonly List<JournalLane> _lanes = [];
    private readonly List<JournalTime> _times = [];
    private readonly List<JournalText> _texts = [];
    private int _last;

    public int Events => _kindOf.Count;

    /// <summary>The digest of each event's id; zero if it has none.</summary>
    public ReadOnlySpan<ulong> EventIds => CollectionsMarshal.AsSpan(_eventIds);

    /// <summary>The digest of the id of each event's order, or empty if no event has one.</summary>
    public ReadOnlySpan<ulong> OrderIds => CollectionsMarshal.AsSpan(_orderIds);

    /// <summary>The number of each event's kind.</summary>
    public ReadOnlySpan<ushort> KindOf => CollectionsMarshal.AsSpan(_kindOf);

    public IReadOnlyList<JournalKind> Kinds => _kinds;

    public IReadOnlyList<JournalLane> Lanes => _lanes;

    public IReadOnlyList<JournalTime> Times => _times;

    /// <summary>The ids that are kept in clear text, in the order of the events.</summary>
    public IReadOnlyList<JournalText> Texts => _texts;

    /// <summary>Adds one arrival.</summary>
    /// <param name="at">When it is stored.</param>
    /// <param name="arrivals">The body that it came with.</param>
    /// <param name="index">Its place in the body.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="places">Where each of its deliveries was stored.</param>
    public void Add(
        DateTimeOffset at,
        Arrivals arrivals,
        int index,
        ArrivalOutcome outcome,
        ReadOnlySpan<ChunkPlace> places
    )
    {
        var result = arrivals.Events[index];
        var kind = KindOfArrival(arrivals, result, outcome, places);
        if (_kinds[kind].KeepsEventIds && EventNames.GuardedId(result.EventId) is { Length: > 0 } id)
        {
            _texts.Add(new JournalText(Events, Beginning(id)));
        }

        var target = 0;
        foreach (var place in places)
        {
            if (place.Chunk is not null)
            {
                _lanes[_kinds[kind].Targets[target++].Lane].Add(place);
            }
        }

        Add(at, 1);
        AddOrder(arrivals.OrderIds?[index] ?? 0);
        _eventIds.Add(arrivals.EventIds?[index] ?? 0);
        _kindOf.Add((ushort)kind);
    }

    /// <summary>Adds the arrivals of another block.</summary>
    /// <param name="other">The other block.</param>
    /// <param name="texts">Its ids in clear text.</param>
    public void Add(JournalBlock other, IReadOnlyList<JournalText> texts)
    {
        var start = Events;
        var lanes = other._lanes.ConvertAll(lane => LaneOf(lane.Dataset));
        var kinds = other._kinds.ConvertAll(kind =>
            PlaceOf(
                kind with
                {
                    Targets = [.. kind.Targets.Select(target => target with { Lane = lanes[target.Lane] })],
                }
            )
        );
        for (var lane = 0; lane < lanes.Count; lane++)
        {
            foreach (var run in other._lanes[lane].Runs)
            {
                _lanes[lanes[lane]].Add(run);
            }
        }

        for (var place = 0; place < other.Events; place++)
        {
            AddOrder(other._orderIds.Count > 0 ? other._orderIds[place] : 0);
            _eventIds.Add(other._eventIds[place]);
            _kindOf.Add(kinds[other._kindOf[place]]);
        }

        foreach (var time in other._times)
        {
            Add(time.At, time.Count);
        }

        _texts.AddRange(texts.Select(text => text with { Place = text.Place + start }));
    }

    /// <summary>When an event was received.</summary>
    public DateTimeOffset TimeOf(int place)
    {
        foreach (var time in _times)
        {
            if (place < time.Count)
            {
                return time.At;
            }

            place -= time.Count;
        }

        return default;
    }

    /// <summary>Where the deliveries of an event were stored, one for each target of its kind.</summary>
    public IReadOnlyList<ChunkPlace> PlacesOf(int place)
    {
        // How many deliveries of events before it are in each lane.
        var before = new int[_lanes.Count];
        var counts = new int[_kinds.Count];
        foreach (var kind in KindOf[..place])
        {
            counts[kind]++;
        }

        for (var kind = 0; kind < counts.Length; kind++)
        {
            foreach (var target in _kinds[kind].Targets)
            {
                before[target.Lane] += counts[kind];
            }
        }

        return [.. _kinds[_kindOf[place]].Targets.Select(target => _lanes[target.Lane][before[target.Lane]++])];
    }

    /// <summary>Begins a new block in the same memory.</summary>
    public void Clear()
    {
        _eventIds.Clear();
        _orderIds.Clear();
        _kindOf.Clear();
        _kinds.Clear();
        _places.Clear();
        _lanes.Clear();
        _times.Clear();
        _texts.Clear();
        _last = 0;
    }

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(ReadOnlySpan<ulong> eventIds, ReadOnlySpan<ulong> orderIds, ReadOnlySpan<ushort> kindOf)
    {
        _eventIds.AddRange(eventIds);
        _orderIds.AddRange(orderIds);
        _kindOf.AddRange(kindOf);
    }

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(JournalKind kind) => _kinds.Add(kind);

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(JournalLane lane) => _lanes.Add(lane);

    /// <summary>So many more events were received at a time.</summary>
    internal void Add(DateTimeOffset at, int count)
    {
        if (_times is [.., var last] && last.At == at)
        {
            _times[^1] = last with { Count = last.Count + count };
        }
        else
        {
            _times.Add(new JournalTime(at, count));
        }
    }

    private static string Beginning(string id) =>
        id.Length > LongestText ? string.Concat(id.AsSpan(0, LongestText), "…") : id;

    // The column exists from the first order on.
    private void AddOrder(ulong order)
    {
        if (order != 0 || _orderIds.Count > 0)
        {
            while (_orderIds.Count < Events)
            {
                _orderIds.Add(0);
            }

            _orderIds.Add(order);
        }
    }

    private int KindOfArrival(
        Arrivals arrivals,
        EventResult result,
        ArrivalOutcome outcome,
        ReadOnlySpan<ChunkPlace> places
    )
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
                targets.Add(new JournalTarget(LaneOf(stored.DatasetId), stored.EventName));
            }
        }

        return _last = PlaceOf(
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

    private ushort PlaceOf(JournalKind kind)
    {
        if (!_places.TryGetValue(kind, out var place))
        {
            place = (ushort)_kinds.Count;
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
