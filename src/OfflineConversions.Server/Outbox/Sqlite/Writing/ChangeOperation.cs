namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Any other change. It is never refused: if the disk fails it waits, like a settlement.
/// </summary>
internal sealed class ChangeOperation<T>(Func<WriteTransaction, T> change) : WriteOperation
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _outcome = default!;
    private bool _committed;

    public Task<T> Completion => _completion.Task;

    public override void Apply(WriteTransaction transaction) => _outcome = change(transaction);

    public override void Committed() => _committed = true;

    public override void Succeed()
    {
        if (_committed)
        {
            _completion.SetResult(_outcome);
        }
        else
        {
            // The outbox closed while the disk accepted nothing.
            _completion.SetCanceled();
        }
    }

    public override void Fail(Exception defect) => _completion.SetException(defect);
}
