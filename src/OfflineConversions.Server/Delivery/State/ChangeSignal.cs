namespace OfflineConversions.Server.Delivery.State;

/// <summary>Wakes those who wait until a connection may send more than before. Safe for concurrent use.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();

    /// <summary>Completes with the next change. Take it before looking at the state.</summary>
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

    public void Announce()
    {
        lock (_gate)
        {
            _changed.SetResult();
            _changed = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
