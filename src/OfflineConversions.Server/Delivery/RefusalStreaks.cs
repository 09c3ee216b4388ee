namespace OfflineConversions.Server.Delivery;

/// <summary>
/// How many single events of each dataset Meta has refused in a row in the same way, across requests, however small.
/// Safe for concurrent use. A restart forgets it.
/// </summary>
internal sealed class RefusalStreaks
{
    /// <summary>This many identical refusals without a success are not a coincidence.</summary>
    public const int Longest = 20;

    /// <summary>Stored events may name datasets that are no longer configured, so memory has a limit.</summary>
    private const int MaxDatasets = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Streak> _streaks = new(StringComparer.Ordinal);

    /// <summary>Meta has refused a single event.</summary>
    /// <returns>Whether so many were refused alike that the events are probably not the cause.</returns>
    public bool Refused(string dataset, GraphError? error)
    {
        lock (_gate)
        {
            if (_streaks.Count >= MaxDatasets && !_streaks.ContainsKey(dataset))
            {
                _streaks.Clear();
            }

            var before = _streaks.GetValueOrDefault(dataset);
            var streak = new Streak(error?.Code, error?.Subcode, Length: 1);
            if (before is not null && before with { Length = 1 } == streak)
            {
                streak = before with { Length = Math.Min(before.Length, Longest) + 1 };
            }

            _streaks[dataset] = streak;
            return streak.Length >= Longest;
        }
    }

    /// <summary>Meta has accepted events of the dataset, or its halt begins: the next refusal is the first.</summary>
    public void End(string dataset)
    {
        lock (_gate)
        {
            _streaks.Remove(dataset);
        }
    }

    private sealed record Streak(int? Code, int? Subcode, int Length);
}
