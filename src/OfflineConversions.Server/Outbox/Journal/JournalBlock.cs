using System.Runtime.InteropServices;
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

    private readonly List<ulong> _eventIds = [];
    private readonly List<ulong> _orderIds = [];
    private readonly List<ushort> _kindOf = [];
    private readonly JournalKinds _kinds = new();
    private readonly List<JournalTime> _times = [];
    private readonly List<JournalText> _texts = [];

    public int Events => _kindOf.Count;

    /// <summary>The digest of each event's id; zero if it has none.</summary>
    public ReadOnlySpan<ulong> EventIds => CollectionsMarshal.AsSpan(_eventIds);

    /// <summary>The digest of the id of each event's order, or empty if no event has one.</summary>
    public ReadOnlySpan<ulong> OrderIds => CollectionsMarshal.AsSpan(_orderIds);

    /// <summary>The number of each event's kind.</summary>
    public ReadOnlySpan<ushort> KindOf => CollectionsMarshal.AsSpan(_kindOf);

    public IReadOnlyList<JournalKind> Kinds => _kinds.All;

    public IReadOnlyList<JournalLane> Lanes => _kinds.Lanes;

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
        var number = _kinds.NumberOf(arrivals, result, outcome, places);
        var kind = Kinds[number];
        if (kind.KeepsEventIds && Shown(result.EventId) is { Length: > 0 } id)
        {
            _texts.Add(new JournalText(Events, id));
        }

        var target = 0;
        foreach (var place in places)
        {
            if (place.Chunk is not null)
            {
                Lanes[kind.Targets[target++].Lane].Add(place);
            }
        }

        Add(at, 1);
        AddOrder(arrivals.OrderIds?[index] ?? 0);
        _eventIds.Add(arrivals.EventIds?[index] ?? 0);
        _kindOf.Add((ushort)number);
    }

    /// <summary>Adds the arrivals of another block.</summary>
    /// <param name="other">The other block.</param>
    /// <param name="texts">Its ids in clear text.</param>
    public void Add(JournalBlock other, IReadOnlyList<JournalText> texts)
    {
        var start = Events;
        var numbers = _kinds.Add(other._kinds);
        for (var place = 0; place < other.Events; place++)
        {
            AddOrder(other._orderIds.Count > 0 ? other._orderIds[place] : 0);
            _eventIds.Add(other._eventIds[place]);
            _kindOf.Add((ushort)numbers[other._kindOf[place]]);
        }

        foreach (var time in other._times)
        {
            Add(time.At, time.Count);
        }

        _texts.AddRange(texts.Select(text => text with { Place = text.Place + start }));
    }

    /// <summary>An event's id as operators see it: its beginning; none if it looks like personal data.</summary>
    public static string? Shown(string? id)
    {
        var shown = EventNames.GuardedId(id);
        return shown?.Length > LongestText ? string.Concat(shown.AsSpan(0, LongestText), "…") : shown;
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
        var before = new int[Lanes.Count];
        var counts = new int[Kinds.Count];
        foreach (var kind in KindOf[..place])
        {
            counts[kind]++;
        }

        for (var kind = 0; kind < counts.Length; kind++)
        {
            foreach (var target in Kinds[kind].Targets)
            {
                before[target.Lane] += counts[kind];
            }
        }

        return [.. Kinds[_kindOf[place]].Targets.Select(target => Lanes[target.Lane][before[target.Lane]++])];
    }

    /// <summary>Begins a new block in the same memory.</summary>
    public void Clear()
    {
        _eventIds.Clear();
        _orderIds.Clear();
        _kindOf.Clear();
        _kinds.Clear();
        _times.Clear();
        _texts.Clear();
    }

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(ReadOnlySpan<ulong> eventIds, ReadOnlySpan<ulong> orderIds, ReadOnlySpan<ushort> kindOf)
    {
        _eventIds.AddRange(eventIds);
        _orderIds.AddRange(orderIds);
        _kindOf.AddRange(kindOf);
    }

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(JournalKind kind) => _kinds.Restore(kind);

    /// <summary>For the reader of the stored form.</summary>
    internal void Restore(JournalLane lane) => _kinds.Restore(lane);

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
}
