namespace OfflineConversions.Server.Connections;

/// <summary>
/// The connections and keys at work. A changed configuration takes their place in one step; whoever works takes <see
/// cref="Current"/> once and keeps to it.
/// </summary>
internal sealed class ConnectionRegistry(RuntimeSettings first)
{
    private readonly Lock _gate = new();
    private volatile RuntimeSettings _current = first;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>What is at work now.</summary>
    public RuntimeSettings Current => _current;

    /// <summary>All connections, in the order of the configuration.</summary>
    public IReadOnlyCollection<Connection> All => _current.Connections;

    /// <summary>Completes when something else is at work. To be taken before looking at it.</summary>
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

    /// <summary>The connection of that name, in any case, or <see langword="null"/>.</summary>
    public Connection? Find(string name) => _current.Find(name);

    /// <summary>Puts something else to work.</summary>
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
