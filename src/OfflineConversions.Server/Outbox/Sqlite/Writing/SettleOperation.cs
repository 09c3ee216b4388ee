namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Leases on their way to their end. Never refused: where the disk is in trouble it waits, for it is what frees space.
/// </summary>
internal sealed class SettleOperation(IReadOnlyList<ChunkSettlement> settlements, Leases leases) : WriteOperation
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public override void Apply(WriteTransaction transaction)
    {
        foreach (var settlement in settlements)
        {
            transaction.Settle(settlement);
        }
    }

    public override void Committed() => Release();

    public override void Succeed() => _completion.SetResult();

    public override void Fail(Exception defect)
    {
        // The rows stand as they were: somebody else may try them.
        Release();
        _completion.SetException(defect);
    }

    private void Release()
    {
        foreach (var settlement in settlements)
        {
            leases.Release(settlement.Chunk.Id);
        }
    }
}
