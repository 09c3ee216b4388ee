namespace OfflineConversions.Server.Outbox;

/// <summary>
/// What processes on one store arrange among each other. Where only one process may open the store there is nothing to
/// arrange: it is the only one, and has every task for as long as it runs.
/// </summary>
internal interface IReplicaStore
{
    /// <summary>How many processes use the store, this one included. One that died counts for a minute.</summary>
    int Replicas => 1;

    /// <summary>
    /// Takes a task that only one process may do at a time, or extends the lease with which this process has it. The
    /// lease ends by the store's clock. An exception means that it is not known whether this process has it.
    /// </summary>
    /// <returns>The lease; <see langword="null"/> if another process has the task.</returns>
    ValueTask<TaskLease?> TryTakeTaskAsync(string task, TimeSpan duration, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TaskLease?>(new TaskLease(task, Fence: 0, IsShared: false));

    /// <summary>
    /// Gives up a task, so that another process need not wait. Does nothing if the lease is no longer current.
    /// </summary>
    ValueTask ReturnTaskAsync(TaskLease lease, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// What other processes and this one noted last, under names that begin so. Empty where there are no others.
    /// </summary>
    ValueTask<IReadOnlyList<SharedNote>> NotesAsync(string prefix, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SharedNote>>([]);

    /// <summary>Lets other processes know something, in place of what was noted before under this name.</summary>
    ValueTask NoteAsync(string name, string text, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Where there is no store, and so no other process to share it with.</summary>
internal sealed class OnlyProcess : IReplicaStore;

/// <summary>This process does a task.</summary>
/// <param name="Task">The name of the task.</param>
/// <param name="Fence">
/// Grows with each new owner of the task. The store refuses what is written under a fence that is no longer current.
/// </param>
/// <param name="IsShared">Whether another process could take the task; false if there can be none.</param>
internal sealed record TaskLease(string Task, long Fence, bool IsShared);

/// <summary>What a process let the others know.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">What was noted last.</param>
/// <param name="At">When, by this process' clock.</param>
internal sealed record SharedNote(string Name, string Text, DateTimeOffset At);
