using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>Deliveries whose caller waits until they are stored.</summary>
internal sealed class AppendOperation(IReadOnlyList<OutboxEntry> entries, Arrivals? arrivals)
{
    /// <summary>What an event without a delivery holds while it waits, roughly.</summary>
    private const int ArrivalBytes = 256;

    // The writer has the next commit to write and does not run its callers' code.
    private readonly TaskCompletionSource<AppendResult> _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>The deliveries.</summary>
    public IReadOnlyList<OutboxEntry> Entries => entries;

    /// <summary>What the journal notes of them; <see langword="null"/> for nothing.</summary>
    public Arrivals? Arrivals => arrivals;

    /// <summary>Their deduplication keys without an end. Computed on the caller's thread.</summary>
    public IReadOnlyList<DeduplicationKey> Keys { get; } = [.. entries.Select(DeduplicationKey.Of)];

    /// <summary>The payload bytes that it holds in memory while it waits.</summary>
    public long Bytes { get; } =
        entries.Count > 0
            ? entries.Sum(entry => (long)entry.Delivery.Payload.Length)
            : (arrivals?.Events.Count ?? 0) * (long)ArrivalBytes;

    /// <summary>Completes when the deliveries are on disk or refused.</summary>
    public Task<AppendResult> Completion => _completion.Task;

    /// <summary>Completes the caller.</summary>
    public void Complete(AppendResult result) => _completion.TrySetResult(result);

    /// <summary>Completes the caller: nothing was stored, as far as is known.</summary>
    public void Refuse(TimeSpan retryAfter) => Complete(Unavailable(retryAfter));

    /// <summary>Completes the caller with a defect: the operation failed even alone in its transaction.</summary>
    public void Fail(Exception defect) => _completion.TrySetException(defect);

    /// <summary>The result if nothing was stored.</summary>
    public static AppendResult Unavailable(TimeSpan retryAfter) => new(AppendStatus.Unavailable, [], retryAfter);
}
