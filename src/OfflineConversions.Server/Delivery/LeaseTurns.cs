using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Which chunks are next: the oldest. While a backlog drains, every second request goes to fresh events, where there
/// are any, so that a sale of this minute does not stand behind those of a whole night.
/// </summary>
internal sealed class LeaseTurns(
    string connection,
    IOutbox outbox,
    BatchLimits limits,
    DeliveryOptions options,
    TimeProvider time
)
{
    /// <summary>What has waited longer than this, beyond the flush interval, is backlog.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private bool _freshAreNext;
    private DateTimeOffset _noFreshBefore;

    /// <summary>Leases for one request.</summary>
    /// <param name="began">When the round began: what was stored before has waited for company.</param>
    /// <param name="isProbe">One chunk will do.</param>
    /// <param name="stopping">Gives up.</param>
    /// <returns>The chunks, and whether there is sense in asking again in this round.</returns>
    public async Task<(IReadOnlyList<Chunk> Chunks, bool More)> NextAsync(
        DateTimeOffset began,
        bool isProbe,
        CancellationToken stopping
    )
    {
        var request = isProbe
            ? new LeaseRequest(connection, 1, 1)
            : new LeaseRequest(connection, limits.MaxEvents, limits.MaxBytes);
        var now = time.GetUtcNow();
        var border = now - Fresh - options.FlushInterval;
        if (_freshAreNext && now >= _noFreshBefore)
        {
            _freshAreNext = false;
            var fresh = await outbox.LeaseAsync(request with { StoredSince = border }, stopping);
            if (!IsFull(fresh))
            {
                _noFreshBefore = now + options.FlushInterval; // These were all of them: the next ones wait for company.
            }

            if (fresh.Count > 0)
            {
                return (fresh, true);
            }
        }

        var oldest = await outbox.LeaseAsync(request, stopping);
        _freshAreNext = oldest.Any(chunk => chunk.CreatedAt < border);
        return (oldest, oldest.Count > 0 && (IsFull(oldest) || oldest.Min(chunk => chunk.CreatedAt) < began));
    }

    private bool IsFull(IReadOnlyList<Chunk> chunks) => chunks.Sum(chunk => chunk.Events.Count) >= limits.MaxEvents;
}
