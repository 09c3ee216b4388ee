namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>Deliveries on their way to disk.</summary>
internal sealed class AppendOperation(IReadOnlyList<OutboxEntry> entries, Suppressions suppressions, DateTimeOffset now)
    : WriteOperation
{
    // Callers go on inline: whoever completes this does it on a pool thread, for many of them in turn.
    private readonly TaskCompletionSource<AppendResult> _completion = new();
    private readonly bool[] _stored = new bool[entries.Count];

    // Computed by the caller's thread, like the erased flags: the writer has the next commit to write.
    private readonly DeduplicationKey[] _keys = [.. entries.Select(DeduplicationKey.Of)];

    // Looked up by the caller's thread; the writer looks again only where somebody was erased meanwhile.
    private object _edition = suppressions.Edition;
    private bool[] _erased = Erased(entries, suppressions, now);

    public Task<AppendResult> Completion => _completion.Task;

    public override long Bytes { get; } = entries.Sum(entry => (long)entry.Delivery.Payload.Length);

    public override void Apply(WriteTransaction transaction)
    {
        if (!ReferenceEquals(_edition, suppressions.Edition))
        {
            (_edition, _erased) = (suppressions.Edition, Erased(entries, suppressions, transaction.Now));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            _stored[i] = !(_erased.Length > 0 && _erased[i]) && transaction.Append(entries[i], _keys[i]);
        }
    }

    public override void Succeed() =>
        _completion.SetResult(new AppendResult(AppendStatus.Stored, _stored, TimeSpan.Zero) { Erased = _erased });

    public override void Fail(Exception defect) => _completion.SetException(defect);

    /// <summary>Nothing was stored; the caller may try again.</summary>
    public void Refuse(TimeSpan retryAfter) => _completion.SetResult(Unavailable(retryAfter));

    /// <summary>The answer where nothing was stored.</summary>
    public static AppendResult Unavailable(TimeSpan retryAfter) => new(AppendStatus.Unavailable, [], retryAfter);

    private static bool[] Erased(IReadOnlyList<OutboxEntry> entries, Suppressions suppressions, DateTimeOffset now) =>
        suppressions.Any ? [.. entries.Select(entry => suppressions.Hold(entry.Delivery.Payload.Span, now))] : [];
}
