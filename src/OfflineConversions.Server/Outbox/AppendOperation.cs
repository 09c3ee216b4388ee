namespace OfflineConversions.Server.Outbox;

/// <summary>Deliveries on their way to disk.</summary>
internal sealed class AppendOperation(IReadOnlyList<OutboxEntry> entries) : WriteOperation
{
    // Callers go on inline: whoever completes this does it on a pool thread, for many of them in turn.
    private readonly TaskCompletionSource<AppendResult> _completion = new();
    private readonly bool[] _stored = new bool[entries.Count];
    private readonly byte[] _keys = DeduplicationKeys.Of(entries);

    public Task<AppendResult> Completion => _completion.Task;

    public override long Bytes { get; } = entries.Sum(entry => (long)entry.Delivery.Payload.Length);

    public override void Apply(WriteTransaction transaction)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            _stored[i] = transaction.Append(entries[i], _keys.AsSpan(i * DeduplicationKeys.KeyBytes, DeduplicationKeys.KeyBytes));
        }
    }

    public override void Succeed() => _completion.SetResult(new AppendResult(AppendStatus.Stored, _stored, TimeSpan.Zero));

    public override void Fail(Exception defect) => _completion.SetException(defect);

    /// <summary>Nothing was stored; the caller may try again.</summary>
    public void Refuse(TimeSpan retryAfter) => _completion.SetResult(Unavailable(retryAfter));

    /// <summary>The answer where nothing was stored.</summary>
    public static AppendResult Unavailable(TimeSpan retryAfter) => new(AppendStatus.Unavailable, [], retryAfter);
}
