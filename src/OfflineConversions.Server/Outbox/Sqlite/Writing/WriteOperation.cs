namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// A change whose caller waits for the commit. It is applied on the writer's thread, perhaps more than once, and
/// completed once.
/// </summary>
internal abstract class WriteOperation
{
    /// <summary>The payload bytes that it holds in memory while it waits.</summary>
    public virtual long Bytes => 0;

    /// <summary>Does its part of a transaction. A second call, after a rollback, starts over.</summary>
    public abstract void Apply(WriteTransaction transaction);

    /// <summary>The transaction is on disk. Called on the writer's thread before any caller is completed.</summary>
    public virtual void Committed() { }

    /// <summary>Completes the caller.</summary>
    public abstract void Succeed();

    /// <summary>Completes the caller with a defect: the operation failed even alone in its transaction.</summary>
    public abstract void Fail(Exception defect);
}
