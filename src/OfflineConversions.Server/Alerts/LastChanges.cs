namespace OfflineConversions.Server.Alerts;

/// <summary>When a count of each connection last grew. Not safe for concurrent use.</summary>
internal sealed class LastChanges
{
    private Dictionary<string, LastChange> _changes = new(StringComparer.Ordinal);
    private bool _hasBegun;

    /// <summary>All of them, by connection.</summary>
    public IReadOnlyDictionary<string, LastChange> All =>
        new SortedDictionary<string, LastChange>(_changes, StringComparer.Ordinal);

    /// <summary>
    /// Notes the current count. In the first round a count is where it begins; a connection that appears later began
    /// with 0.
    /// </summary>
    public LastChange Note(string connection, long count, DateTimeOffset now)
    {
        var next =
            !_changes.TryGetValue(connection, out var last)
                ? new LastChange(count, now, HasGrown: _hasBegun && count > 0)
            : count > last.Count ? new LastChange(count, now, HasGrown: true)
            : last with { Count = count };
        return _changes[connection] = next;
    }

    /// <summary>Ends a round, in which every connection was noted.</summary>
    public void EndRound() => _hasBegun = true;

    /// <summary>
    /// Takes over what was known before a restart: a count that is higher now has grown meanwhile.
    /// </summary>
    public void Restore(IReadOnlyDictionary<string, LastChange> changes)
    {
        _changes = new Dictionary<string, LastChange>(changes, StringComparer.Ordinal);
        _hasBegun = true;
    }
}

/// <summary>When a count last grew.</summary>
/// <param name="Count">The count.</param>
/// <param name="At">When it last grew, or was first noted.</param>
/// <param name="HasGrown">Whether it has grown since it was first noted.</param>
internal readonly record struct LastChange(long Count, DateTimeOffset At, bool HasGrown);
