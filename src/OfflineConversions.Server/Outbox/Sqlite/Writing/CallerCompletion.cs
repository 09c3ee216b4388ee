namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Completes callers on pool threads, never on the writer's own, which has the next commit to write. Continuations run
/// inline, so one hand-over to the pool serves several callers; there are as many hand-overs as processors, because
/// each caller has a response to write.
/// </summary>
internal static class CallerCompletion
{
    // A continuation may do more than write a response: the next request on its connection is handled right away.
    private const int MostPerHandOver = 16;

    /// <summary>The operations are on disk.</summary>
    public static void Succeed(WriteOperation[] operations)
    {
        var each = Math.Clamp(
            (operations.Length + Environment.ProcessorCount - 1) / Environment.ProcessorCount,
            1,
            MostPerHandOver
        );
        foreach (var some in operations.Chunk(each))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static committed => Array.ForEach(committed, operation => operation.Succeed()),
                some,
                preferLocal: false
            );
        }
    }

    /// <summary>Nothing of the append was stored.</summary>
    public static void Refuse(AppendOperation append, TimeSpan retryAfter) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static refused => refused.Append.Refuse(refused.RetryAfter),
            (Append: append, RetryAfter: retryAfter),
            preferLocal: false
        );

    /// <summary>The operation has a defect.</summary>
    public static void Fail(WriteOperation operation, Exception defect) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static failed => failed.Operation.Fail(failed.Defect),
            (Operation: operation, Defect: defect),
            preferLocal: false
        );
}
