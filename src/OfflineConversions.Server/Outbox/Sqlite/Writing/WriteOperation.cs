namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Something a caller waits to see committed. Applied on the writer's thread, perhaps more than once; ended once.
/// </summary>
internal abstract class WriteOperation
{
    /// <summary>The payload bytes it keeps in memory.</summary>
    public virtual long Bytes => 0;

    /// <summary>Does its part of a transaction. A second call, after a rollback, starts afresh.</summary>
    public abstract void Apply(WriteTransaction transaction);

    /// <summary>The transaction is on disk. Called on the writer's thread before anyone learns of it.</summary>
    public virtual void Committed() { }

    /// <summary>Tells the caller.</summary>
    public abstract void Succeed();

    /// <summary>The operation, alone in its transaction, met a defect of ours.</summary>
    public abstract void Fail(Exception defect);
}
