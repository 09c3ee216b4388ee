namespace OfflineConversions.Server.Connections;

/// <summary>
/// Holds the current connections and keys. A changed configuration replaces all of them in one step, so a caller reads
/// <see cref="Current"/> once and keeps that value.
/// </summary>
internal sealed class ConnectionRegistry(RuntimeSettings first)
{
    private readonly Lock _gate = new();
    private volatile RuntimeSettings _current = first;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The current settings.</summary>
    public RuntimeSettings Current => _current;

    /// <summary>All connections, in the order of the configuration.</summary>
    public IReadOnlyCollection<Connection> All => _current.Connections;

    /// <summary>
    /// Completes at the next change. Read it before <see cref="Current"/>, so that no change is missed.
    /// </summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>The connection with this name, in any case, or <see langword="null"/>.</summary>
    public Connection? Find(string name) => _current.Find(name);

    /// <summary>Replaces the current settings.</summary>
    public void Apply(RuntimeSettings next)
    {
        lock (_gate)
        {
            _current = next;
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
