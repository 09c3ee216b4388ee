using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>An outbox in memory: knows duplicates, and can be told to be full.</summary>
public sealed class RememberedOutbox : IOutbox
{
    private readonly HashSet<(string, string, string)> _seen = [];

    public List<OutboxEntry> Entries { get; } = [];

    public TimeSpan? UnavailableFor { get; set; }

    public OutboxHealth Health => UnavailableFor is null ? new OutboxHealth(true, null) : new OutboxHealth(false, "The disk is full.");

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        lock (_seen)
        {
            if (UnavailableFor is { } wait)
            {
                return ValueTask.FromResult(new AppendResult(AppendStatus.Unavailable, [], wait));
            }

            var stored = entries.Select(entry => _seen.Add((entry.Delivery.DatasetId, entry.Delivery.EventName, entry.Delivery.EventId))).ToArray();
            Entries.AddRange(entries.Where((_, index) => stored[index]));
            return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, stored, default));
        }
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<Chunk>>([]);

    public ValueTask SettleAsync(IReadOnlyList<ChunkSettlement> settlements, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken)
    {
        lock (_seen)
        {
            return ValueTask.FromResult<IReadOnlyList<Backlog>>([.. Entries.GroupBy(entry => entry.Connection)
                .Select(entries => new Backlog(entries.Key, entries.Count(), entries.Sum(entry => (long)entry.Delivery.Payload.Length), DateTimeOffset.UtcNow.AddSeconds(-5)))]);
        }
    }

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<FailedEvent>>(
    [
        new FailedEvent(1, new Destination("shop", Conversions.MetaApi.ConversionsApi, "42", null), DateTimeOffset.UnixEpoch, 2, new Burial(0, "refused", 100, 2804008, "No"), "{\"event_name\":\"Purchase\"}"u8.ToArray()),
    ]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
