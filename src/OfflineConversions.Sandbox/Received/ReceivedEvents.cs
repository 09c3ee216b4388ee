namespace OfflineConversions.Sandbox.Received;

/// <summary>
/// The newest events the sandbox took, with their duplicates counted. Meta drops duplicates; here they are kept, to be
/// seen.
/// </summary>
internal sealed class ReceivedEvents(SandboxLimits limits)
{
    private readonly Lock _door = new();
    private readonly Queue<ReceivedEvent> _events = new();
    private readonly Dictionary<(string Dataset, string Name, string Id), Sightings> _seen = [];
    private long _received;
    private long _duplicates;

    /// <summary>Takes a whole batch or, by not being called, nothing.</summary>
    public void Add(IReadOnlyList<ReceivedEvent> batch)
    {
        lock (_door)
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

    public ReceivedEventsAnswer Find(string? dataset, string? eventName, string? eventId, int? limit)
    {
        lock (_door)
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

    public void Clear()
    {
        lock (_door)
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

        var key = (received.Dataset, received.EventName, received.EventId);
        var seen = _seen.TryGetValue(key, out var sightings)
            ? _seen[key] = sightings with { Count = sightings.Count + 1, Last = number }
            : _seen[key] = new(number, 1, number);
        _duplicates += seen.Count > 1 ? 1 : 0;
        return received with
        {
            Number = number,
            DuplicateOf = seen.Count > 1 ? seen.First : null,
            Occurrence = seen.Count,
        };
    }

    /// <summary>An id is forgotten with the last event that bore it, so that memory stays bounded.</summary>
    private void Forget(ReceivedEvent old)
    {
        if (
            old.EventId is not null
            && (old.Dataset, old.EventName, old.EventId) is var key
            && _seen.TryGetValue(key, out var sightings)
            && sightings.Last == old.Number
        )
        {
            _seen.Remove(key);
        }
    }

    private readonly record struct Sightings(long First, int Count, long Last);
}
