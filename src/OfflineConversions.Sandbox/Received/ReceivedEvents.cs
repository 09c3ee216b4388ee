namespace OfflineConversions.Sandbox.Received;

/// <summary>
/// The newest events that the sandbox has accepted, with duplicates counted. Meta drops duplicates; the sandbox keeps
/// them visible.
/// </summary>
internal sealed class ReceivedEvents(SandboxLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReceivedEvent> _events = new();
    private readonly Dictionary<Key, Occurrences> _seen = [];
    private long _received;
    private long _duplicates;

    /// <summary>Adds a whole accepted batch.</summary>
    public void Add(IReadOnlyList<ReceivedEvent> batch)
    {
        lock (_lock)
        {
            foreach (var received in batch)
            {
                _events.Enqueue(Number(received));
                if (_events.Count > limits.Events)
                {
                    Forget(_events.Dequeue());
                }
            }
        }
    }

    public ReceivedEventsResponse Find(string? dataset, string? eventName, string? eventId, int? limit)
    {
        lock (_lock)
        {
            var found = _events
                .Where(e =>
                    (dataset is null || e.Dataset == dataset)
                    && (eventName is null || e.EventName == eventName)
                    && (eventId is null || e.EventId == eventId)
                )
                .ToList();
            return new(
                found.Count,
                _received,
                _duplicates,
                _received - _events.Count,
                limit < found.Count ? found[^limit.Value..] : found
            );
        }
    }

    /// <summary>The kept events of a dataset that came with one partner agent, or with any.</summary>
    public IReadOnlyList<ReceivedEvent> Of(string dataset, Predicate<string?> agent)
    {
        lock (_lock)
        {
            return [.. _events.Where(one => one.Dataset == dataset && agent(one.PartnerAgent))];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _events.Clear();
            _seen.Clear();
            _received = _duplicates = 0;
        }
    }

    private ReceivedEvent Number(ReceivedEvent received)
    {
        var number = ++_received;
        if (received.EventId is null)
        {
            return received with { Number = number };
        }

        var key = new Key(received.Dataset, received.EventName, received.EventId);
        var seen = _seen.TryGetValue(key, out var occurrences)
            ? _seen[key] = occurrences with { Count = occurrences.Count + 1, Last = number }
            : _seen[key] = new(number, 1, number);
        _duplicates += seen.Count > 1 ? 1 : 0;
        return received with
        {
            Number = number,
            DuplicateOf = seen.Count > 1 ? seen.First : null,
            Occurrence = seen.Count,
        };
    }

    /// <summary>Forgets an id together with the last event that has it, so that memory stays bounded.</summary>
    private void Forget(ReceivedEvent old)
    {
        if (
            old.EventId is not null
            && new Key(old.Dataset, old.EventName, old.EventId) is var key
            && _seen.TryGetValue(key, out var occurrences)
            && occurrences.Last == old.Number
        )
        {
            _seen.Remove(key);
        }
    }

    private readonly record struct Key(string Dataset, string EventName, string EventId);

    private readonly record struct Occurrences(long First, int Count, long Last);
}
